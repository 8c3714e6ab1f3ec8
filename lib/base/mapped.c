/* SPDX-License-Identifier: MIT
 *
 * Pieces are joined in a mapping of the file that is private: the largest stays where it is, and the others
 * are written in front of it and behind it, over what lies there in the file.  Only the pages of those are
 * copied. */
#include "base/mapped.h"

#include <string.h>
#include <sys/mman.h>

#include "base/checked.h"

#define PAGE_BYTES 4096u	/* or a multiple, but then a mapping fails and nothing is joined */

static enum rmn_status
mapped_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	(void)error;
	memcpy(buffer, blob->memory.data + offset, size);
	*got = size;
	return RMN_OK;
}

/* Where a joined stream stands when its largest piece stays in its place. */
struct joint {
	size_t largest;			/* of the pieces */
	size_t start, size;		/* in the file */
};

/* False: there is no room around the largest piece, or a copy costs no more. */
static bool
joint_find(const struct rmn_mapped *m, const struct rmn_blob_piece *pieces, size_t count,
    struct joint *j)
{
	size_t before = 0;

	*j = (struct joint){.size = 0};
	for (size_t i = 0; i < count; i++) {
		if (pieces[i].offset > m->bytes.size || pieces[i].size > m->bytes.size - pieces[i].offset)
			return false;
		if (pieces[i].size > pieces[j->largest].size || i == 0) {
			j->largest = i;
			before = j->size;
		}
		if (!rmn_add_size(j->size, pieces[i].size, &j->size))
			return false;
	}
	if (j->size - pieces[j->largest].size > j->size / 4 || pieces[j->largest].offset < before)
		return false;
	j->start = (size_t)pieces[j->largest].offset - before;
	return j->size <= m->bytes.size - j->start;
}

static struct rmn_bytes
mapped_join(struct rmn_blob *blob, const struct rmn_blob_piece *pieces, size_t count)
{
	struct rmn_mapped *m = blob->state;
	size_t done = 0, page, length;
	unsigned char *view;
	struct joint j;

	if (m->view_count == RMN_MAPPED_VIEWS || !joint_find(m, pieces, count, &j))
		return (struct rmn_bytes){NULL, 0};
	page = j.start - j.start % PAGE_BYTES;
	length = j.start - page + j.size;
	view = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE, m->fd, (off_t)page);
	if (view == MAP_FAILED)
		return (struct rmn_bytes){NULL, 0};
	m->views[m->view_count++] = (struct rmn_bytes){view, length};
	view += j.start - page;
	for (size_t i = 0; i < count; i++) {
		if (i != j.largest)
			memcpy(view + done, m->bytes.data + pieces[i].offset, pieces[i].size);
		done += pieces[i].size;
	}
	return (struct rmn_bytes){view, j.size};
}

static const struct rmn_blob_ops mapped_ops = {.read = mapped_read, .join = mapped_join};

bool
rmn_mapped_open(struct rmn_mapped *m, int fd, uint64_t size_bytes, struct rmn_blob *blob)
{
	void *data;
	size_t size;

	*m = (struct rmn_mapped){.fd = fd};
	if (size_bytes == 0 || !rmn_size_from_u64(size_bytes, &size))
		return false;
	data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return false;
	if (madvise(data, size, MADV_POPULATE_READ) != 0) {
		munmap(data, size);
		return false;
	}
	m->bytes = (struct rmn_bytes){data, size};
	*blob = (struct rmn_blob){&mapped_ops, size_bytes, m, m->bytes};
	return true;
}

static void
unmap(struct rmn_bytes bytes)
{
	if (bytes.data)
		munmap((void *)(uintptr_t)bytes.data, bytes.size);
}

void
rmn_mapped_close(struct rmn_mapped *m)
{
	for (size_t i = 0; i < m->view_count; i++)
		unmap(m->views[i]);
	unmap(m->bytes);
	*m = (struct rmn_mapped){.fd = -1};
}
