/* SPDX-License-Identifier: MIT
 *
 * carvedump IMAGE [--out DIR] [--broken] [--taken TSV] [--block BYTES] [--only NAME]: what carving finds
 * on a whole image with nothing taken, as TSV: offset, carver, extension, size, proof, good bytes,
 * pieces, "mended".  --out writes the files (with --broken also the good bytes of broken ones), --taken
 * takes OFFSET TAB LENGTH ranges first, --block says how large blocks are, --only leaves out all heads
 * but one carver's ("none": all), --text carves text from the rest, --extents adds them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "carve/run.h"
#include "carve/text.h"
#include "recover/sightings.h"

struct dump {
	const char *out, *only, *taken_path;
	struct rmn_disk *disk;
	struct rmn_sectors taken;
	uint32_t block_bytes;
	bool is_broken_wanted, are_extents_wanted, is_text_wanted;
	uint64_t files, mended, broken;
};

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
file_write(const struct dump *dump, const struct rmn_carved *c, const char *extension)
{
	static unsigned char buffer[1 << 16];
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/f%012" PRIu64 ".%s", dump->out,
	    c->extents[0].image_offset, extension);
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		exit(4);
	}
	for (size_t i = 0; i < c->extent_count; i++) {
		for (uint64_t at = 0; at < c->extents[i].length_bytes;) {
			uint64_t left = c->extents[i].length_bytes - at;
			size_t part = left < sizeof(buffer) ? (size_t)left : sizeof(buffer);

			rmn_disk_read(dump->disk, c->extents[i].image_offset + at, buffer, part);
			fwrite(buffer, 1, part, file);
			at += part;
		}
	}
	fclose(file);
}

static void
on_carved(void *context, const struct rmn_carved *c)
{
	static const char *const proofs[] = {"none", "broken", "plausible", "structure", "checksum"};
	struct dump *dump = context;
	const char *extension = c->proven.extension ? c->proven.extension : c->carver->extension;
	bool is_broken = c->proven.proof == RMN_PROOF_BROKEN;

	dump->files++;
	dump->mended += c->is_mended;
	dump->broken += is_broken;
	printf("%" PRIu64 "\t%s\t%s\t%" PRIu64 "\t%s\t%" PRIu64 "\t%zu\t%s%s%s",
	    c->extents[0].image_offset, c->carver->name, extension, c->size_bytes,
	    proofs[c->proven.proof], c->proven.good_bytes, c->extent_count,
	    c->is_mended ? "mended" : "-", c->proven.is_encrypted ? ",encrypted" : "",
	    c->proven.is_incomplete ? ",incomplete" : "");
	for (size_t i = 0; dump->are_extents_wanted && i < c->extent_count; i++)
		printf("%c%" PRIu64 ":%" PRIu64, i ? ',' : '\t', c->extents[i].image_offset,
		    c->extents[i].length_bytes);
	putchar('\n');
	if (dump->out && (!is_broken || dump->is_broken_wanted))
		file_write(dump, c, extension);
}

static void
on_limit(void *context, const char *reason)
{
	(void)context;
	printf("limit\t%s\n", reason);
}

static int
head_order(const void *a, const void *b)
{
	const struct rmn_carve_head *x = a, *y = b;

	return x->offset != y->offset ? (x->offset < y->offset ? -1 : 1) :
	    (x->carver > y->carver) - (x->carver < y->carver);
}

static struct rmn_carve_head *
heads_take(const struct rmn_sightings *s, const char *only, size_t *count)
{
	size_t total = 0;
	struct rmn_carve_head *heads;

	for (size_t c = 0; c < rmn_carver_count; c++)
		total += rmn_sightings_count(s, (unsigned)(RMN_SIGHT_HEAD + c));
	heads = calloc(total + 1, sizeof(*heads));
	if (!heads)
		exit(4);
	*count = 0;
	for (size_t c = 0; c < rmn_carver_count; c++) {
		unsigned kind = (unsigned)(RMN_SIGHT_HEAD + c);

		if (only && strcmp(only, rmn_carvers[c].name) != 0)
			continue;
		for (size_t i = 0; i < rmn_sightings_count(s, kind); i++)
			heads[(*count)++] = (struct rmn_carve_head){
			    rmn_sighting_offset(s, kind, i), (uint32_t)c};
	}
	qsort(heads, *count, sizeof(*heads), head_order);
	return heads;
}

static void
taken_read(struct dump *dump)
{
	uint64_t offset, length;
	char line[256], *rest;
	FILE *file = fopen(dump->taken_path, "r");

	if (!file) {
		perror(dump->taken_path);
		exit(4);
	}
	while (fgets(line, sizeof(line), file)) {
		offset = strtoull(line, &rest, 10);
		length = strtoull(rest, NULL, 10);
		rmn_sectors_add(&dump->taken, offset, length);
	}
	fclose(file);
}

static enum rmn_status
text_carve(struct dump *dump, const struct rmn_carve_job *of, struct rmn_error *error)
{
	struct rmn_text_job job = {.disk = of->disk, .taken = of->taken, .grids = of->grids,
	    .grid_count = of->grid_count, .carved = on_carved, .limit = on_limit,
	    .context = dump};
	double start = seconds();
	enum rmn_status status = rmn_carve_text(&job, error);

	fprintf(stderr, "text %.2f s\n", seconds() - start);
	return status;
}

static int
dump_image(struct rmn_image *image, struct dump *dump)
{
	struct rmn_sightings *sightings = calloc(1, sizeof(*sightings));
	struct rmn_error error = {0};
	struct rmn_carve_grid grid = {0, rmn_image_size(image), dump->block_bytes};
	struct rmn_carve_job job = {.taken = &dump->taken, .grids = &grid,
	    .grid_count = dump->block_bytes != 0, .carved = on_carved, .limit = on_limit,
	    .context = dump};
	struct rmn_carve_head *heads;
	double start = seconds(), seen;
	enum rmn_status status;

	job.disk = dump->disk = rmn_disk_from_image(image);
	if (!sightings || !job.disk || !rmn_sectors_init(&dump->taken, rmn_image_size(image)))
		return 4;
	if (dump->taken_path)
		taken_read(dump);
	status = rmn_sightings_collect(image, sightings, NULL, NULL, &error);
	if (status != RMN_OK && status != RMN_PARTIAL) {
		fprintf(stderr, "carvedump: %s\n", error.text);
		return 4;
	}
	seen = seconds();
	heads = heads_take(sightings, dump->only, &job.head_count);
	job.heads = heads;
	status = rmn_carve_run(&job, &error);
	if (status == RMN_OK && dump->is_text_wanted)
		status = text_carve(dump, &job, &error);
	printf("total\tfiles %" PRIu64 "\tmended %" PRIu64 "\tbroken %" PRIu64 "\theads %zu\t%s\n",
	    dump->files, dump->mended, dump->broken, job.head_count, rmn_status_name(status));
	fprintf(stderr, "sightings %.2f s, carving %.2f s\n", seen - start, seconds() - seen);
	rmn_sightings_release(sightings);
	free(sightings);
	free(heads);
	rmn_sectors_release(&dump->taken);
	rmn_disk_free(job.disk);
	return status == RMN_OK ? 0 : 4;
}

static bool
options_read(int argc, char **argv, struct dump *dump)
{
	for (int i = 2; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (strcmp(argv[i], "--broken") == 0)
			dump->is_broken_wanted = true;
		else if (strcmp(argv[i], "--extents") == 0)
			dump->are_extents_wanted = true;
		else if (strcmp(argv[i], "--text") == 0)
			dump->is_text_wanted = true;
		else if (!value)
			return false;
		else if (strcmp(argv[i], "--out") == 0)
			dump->out = argv[++i];
		else if (strcmp(argv[i], "--only") == 0)
			dump->only = argv[++i];
		else if (strcmp(argv[i], "--taken") == 0)
			dump->taken_path = argv[++i];
		else if (strcmp(argv[i], "--block") == 0)
			dump->block_bytes = (uint32_t)strtoul(argv[++i], NULL, 10);
		else
			return false;
	}
	return argc >= 2;
}

int
main(int argc, char **argv)
{
	struct rmn_image_files files;
	struct rmn_image *image;
	struct rmn_error error = {0};
	struct dump dump = {0};
	int result;

	if (!options_read(argc, argv, &dump)) {
		fprintf(stderr, "usage: carvedump IMAGE [--out DIR] [--broken] [--extents] "
		    "[--taken TSV] [--block BYTES] [--only NAME] [--text]\n");
		return 2;
	}
	if (dump.out)
		mkdir(dump.out, 0777);
	if (rmn_image_files_open(argv[1], &files, &error) != RMN_OK) {
		fprintf(stderr, "carvedump: %s\n", error.text);
		return 4;
	}
	if (rmn_image_open(&files, &image, &error) != RMN_OK) {
		fprintf(stderr, "carvedump: %s\n", error.text);
		rmn_image_files_release(&files);
		return 4;
	}
	result = dump_image(image, &dump);
	rmn_image_close(image);
	rmn_image_files_release(&files);
	return result;
}
