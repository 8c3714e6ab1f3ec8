/* SPDX-License-Identifier: MIT
 *
 * What a block device says of itself: sysfs, and the by-id names that udev gives for the serial
 * number where the kernel keeps none. */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "image/image.h"

#define BY_ID "/dev/disk/by-id"

/* One line of a small file, without the blanks around it; "" when there is none. */
static void
line_read(const char *folder, const char *name, char *line, size_t size)
{
	char path[PATH_MAX], *start = line;
	FILE *file;
	size_t length;

	line[0] = '\0';
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "re");
	if (!file)
		return;
	if (!fgets(line, (int)size, file))
		line[0] = '\0';
	fclose(file);
	while (isspace((unsigned char)*start))
		start++;
	length = strlen(start);
	while (length && isspace((unsigned char)start[length - 1]))
		length--;
	memmove(line, start, length);
	line[length] = '\0';
}

static void
first_line_read(const char *folder, const char *const *names, char *line, size_t size)
{
	line[0] = '\0';
	for (; *names && !line[0]; names++)
		line_read(folder, *names, line, size);
}

/* /sys/dev/block/8:1 -> the folder of the whole disk. */
static bool
disk_folder(const struct stat *st, char folder[PATH_MAX])
{
	char link[64], partition[PATH_MAX];
	char *slash;

	snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", major(st->st_rdev),
	    minor(st->st_rdev));
	if (!realpath(link, folder))
		return false;
	snprintf(partition, sizeof(partition), "%.*s/partition", PATH_MAX - 16, folder);
	slash = strrchr(folder, '/');
	if (access(partition, F_OK) == 0 && slash)
		*slash = '\0';
	return true;
}

/* udev names disks BUS-MODEL_SERIAL: what follows the last underscore. */
static void
serial_by_id(const char *disk_name, char *serial, size_t size)
{
	DIR *folder = opendir(BY_ID);
	struct dirent *entry;

	while (folder && !serial[0] && (entry = readdir(folder))) {
		char path[PATH_MAX], target[PATH_MAX];
		const char *underscore = strrchr(entry->d_name, '_');
		ssize_t length;

		snprintf(path, sizeof(path), "%s/%s", BY_ID, entry->d_name);
		length = readlink(path, target, sizeof(target) - 1);
		if (length <= 0 || !underscore || strncmp(entry->d_name, "dm-", 3) == 0)
			continue;
		target[length] = '\0';
		if (strrchr(target, '/') && strcmp(strrchr(target, '/') + 1, disk_name) == 0)
			snprintf(serial, size, "%s", underscore + 1);
	}
	if (folder)
		closedir(folder);
}

static void
sysfs_facts(const struct stat *st, struct rmn_device_facts *facts)
{
	static const char *const models[] = {"device/model", "device/name", NULL};
	static const char *const serials[] = {"device/serial", "serial", "device/wwid", NULL};
	static const char *const revisions[] = {"device/firmware_rev", "device/rev",
		"device/fwrev", NULL};
	char folder[PATH_MAX], vendor[32], model[64], rotational[8];

	if (!disk_folder(st, folder))
		return;
	line_read(folder, "device/vendor", vendor, sizeof(vendor));
	first_line_read(folder, models, model, sizeof(model));
	/* "ATA" is the bus, and a number is the PCI vendor of an NVMe or virtio disk. */
	if (vendor[0] && strcmp(vendor, "ATA") != 0 && strncmp(vendor, "0x", 2) != 0)
		snprintf(facts->model, sizeof(facts->model), "%.20s %.40s", vendor, model);
	else
		snprintf(facts->model, sizeof(facts->model), "%s", model);
	first_line_read(folder, serials, facts->serial, sizeof(facts->serial));
	if (!facts->serial[0] && strrchr(folder, '/'))
		serial_by_id(strrchr(folder, '/') + 1, facts->serial, sizeof(facts->serial));
	first_line_read(folder, revisions, facts->firmware, sizeof(facts->firmware));
	line_read(folder, "queue/rotational", rotational, sizeof(rotational));
	facts->is_rotational = rotational[0] == '1';
}

void
rmn_device_facts(const char *path, struct rmn_device_facts *facts)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	unsigned int physical = 0;
	struct stat st;
	int logical = 0;

	*facts = (struct rmn_device_facts){.logical_sector_bytes = 512,
		.physical_sector_bytes = 512};
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISBLK(st.st_mode)) {
		if (ioctl(fd, BLKSSZGET, &logical) == 0 && logical > 0)
			facts->logical_sector_bytes = (uint32_t)logical;
		facts->physical_sector_bytes = ioctl(fd, BLKPBSZGET, &physical) == 0 && physical ?
		    physical : facts->logical_sector_bytes;
		sysfs_facts(&st, facts);
	}
	close(fd);
}
