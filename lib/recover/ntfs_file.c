/* SPDX-License-Identifier: MIT */
#include "recover/ntfs_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/ntfs_stream.h"
#include "recover/sight.h"

#define PARTS_MAX 65536u
#define NAMES_MAX 1024u		/* NTFS allows as many hard links */
#define LIST_MAX ((size_t)256 << 10)	/* as NTFS does */
#define LIST_ENTRY_BYTES 26u

/* A file in hand; the memory is kept for the next. */
struct file {
	struct rmn_recovery *r;
	const struct rmn_ntfs_table *t;
	const struct rmn_ntfs_volume *v;
	const struct rmn_ntfs_row *row;
	struct rmn_ntfs_record base;
	struct rmn_ntfs_record *more;	/* owned: extension records */
	size_t more_count, more_capacity;
	struct rmn_ntfs_part *parts;	/* owned: $DATA, of all streams */
	size_t part_count, part_capacity;
	struct rmn_ntfs_name names[NAMES_MAX];
	size_t name_count;
	struct rmn_bytes times;
	struct rmn_ntfs_stream stream;
	struct rmn_buf path, stream_name, list;
	bool is_cut;			/* more records, parts or names than are read */
};

static enum rmn_status
out_of_memory(struct rmn_recovery *r)
{
	return rmn_fail(r->error, RMN_NOMEM, "out of memory for NTFS files");
}

static bool
part_add(struct file *f, const struct rmn_ntfs_record *record,
    const struct rmn_ntfs_attribute *a)
{
	if (f->part_count >= PARTS_MAX) {
		f->is_cut = true;
		return true;
	}
	if (f->part_count == f->part_capacity) {
		size_t capacity = f->part_capacity ? f->part_capacity * 2 : 16;
		struct rmn_ntfs_part *grown = reallocarray(f->parts, capacity, sizeof(*grown));

		if (!grown)
			return false;
		f->parts = grown;
		f->part_capacity = capacity;
	}
	f->parts[f->part_count] = (struct rmn_ntfs_part){record, *a, f->part_count};
	f->part_count++;
	return true;
}

/* Takes what a record of the file says. */
static bool
record_take(struct file *f, const struct rmn_ntfs_record *record)
{
	struct rmn_ntfs_attribute a;
	size_t at = record->first;

	while (rmn_ntfs_attribute_next(record, &at, &a)) {
		if (a.type == RMN_NTFS_TIMES && a.is_resident && a.value.size >= 32)
			f->times = a.value;
		if (a.type == RMN_NTFS_NAME && a.is_resident) {
			if (f->name_count == NAMES_MAX)
				f->is_cut = true;
			else
				f->name_count += rmn_ntfs_name_read(a.value,
				    &f->names[f->name_count]);
		}
		if (a.type == RMN_NTFS_DATA && !part_add(f, record, &a))
			return false;
	}
	return true;
}

/* Reads the attribute list into f->list; false when the file has none, or it cannot be read. */
static bool
list_load(struct file *f)
{
	struct rmn_ntfs_attribute a;
	size_t at = f->base.first;

	rmn_buf_clear(&f->list);
	while (rmn_ntfs_attribute_next(&f->base, &at, &a)) {
		struct rmn_ntfs_part part = {&f->base, a, 0};
		struct rmn_ntfs_stream *s = &f->stream;

		if (a.type != RMN_NTFS_LIST)
			continue;
		if (a.is_resident) {
			rmn_buf_append(&f->list, a.value);
			return !f->list.failed;
		}
		rmn_ntfs_stream_make(f->r, f->v, &part, 1, s);
		if (s->is_short || s->how != RMN_CONTENT_EXTENTS || s->size_bytes > LIST_MAX)
			return false;
		for (size_t i = 0; i < s->count; i++) {
			size_t size = (size_t)s->extents[i].length_bytes;

			if (s->extents[i].image_offset == RMN_EXTENT_SPARSE ||
			    !rmn_buf_reserve(&f->list, size))
				return false;
			rmn_disk_read(f->r->disk, s->extents[i].image_offset,
			    f->list.data + f->list.size, size);
			f->list.size += size;
		}
		return true;
	}
	return false;
}

/* Whether the attribute list names this record; a list that cannot be walked names all. */
static bool
list_names(const struct file *f, uint64_t reference)
{
	size_t at = 0;

	while (at + LIST_ENTRY_BYTES <= f->list.size) {
		const unsigned char *entry = f->list.data + at;
		size_t size = rmn_le16(entry + 4);

		if (size < LIST_ENTRY_BYTES || size % 8 != 0)
			return true;
		if (rmn_le64(entry + 16) == reference)
			return true;
		at += size;
	}
	return false;
}

static bool
more_add(struct file *f, const struct rmn_ntfs_row *row)
{
	if (f->more_count == f->more_capacity) {
		size_t capacity = f->more_capacity ? f->more_capacity * 2 : 8;
		struct rmn_ntfs_record *grown = reallocarray(f->more, capacity, sizeof(*grown));

		if (!grown)
			return false;
		f->more = grown;
		f->more_capacity = capacity;
	}
	f->more_count += rmn_ntfs_record_load(f->r->disk, rmn_ntfs_row_offset(row),
	    &f->more[f->more_count]);
	return true;
}

/* Loads the extension records: those of this life of the file, and on its list where it has one. */
static bool
extensions_load(struct file *f)
{
	size_t first, count = rmn_ntfs_table_extensions(f->t, f->row->volume, f->row->number,
	    &first);
	bool has_list = count > 0 && list_load(f);

	f->more_count = 0;
	f->is_cut |= count == RMN_NTFS_EXTENSIONS_MAX;
	for (size_t i = 0; i < count; i++) {
		const struct rmn_ntfs_row *row = &f->t->rows[f->t->extensions[first + i]];
		unsigned life = (unsigned)(row->other >> 48), sequence = row->sequence;

		if (life != f->base.sequence &&
		    (f->base.is_in_use || life + 1 != f->base.sequence))
			continue;
		if (!(row->flags & RMN_NTFS_ROW_IN_USE) && !f->base.is_in_use)
			sequence--;	/* deleting counts it up */
		if (has_list && !list_names(f, rmn_ntfs_reference(row->number,
		    sequence & 0xffff)) &&
		    !list_names(f, rmn_ntfs_reference(row->number, row->sequence)))
			continue;
		if (!more_add(f, row))
			return false;
	}
	return true;
}

static int
name_compare(struct rmn_bytes a, struct rmn_bytes b)
{
	int order = memcmp(a.data ? a.data : (const unsigned char *)"", b.data ? b.data :
	    (const unsigned char *)"", rmn_min_size(a.size, b.size));

	return order ? order : a.size < b.size ? -1 : a.size > b.size;
}

static int
part_compare(const void *a, const void *b)
{
	const struct rmn_ntfs_part *x = a, *y = b;
	int order = name_compare(x->attribute.name, y->attribute.name);

	if (order)
		return order;
	if (x->attribute.first_cluster != y->attribute.first_cluster)
		return x->attribute.first_cluster < y->attribute.first_cluster ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static bool
file_load(struct file *f, const struct rmn_ntfs_row *row)
{
	f->row = row;
	f->part_count = f->name_count = f->more_count = 0;
	f->times = (struct rmn_bytes){0};
	if (!rmn_ntfs_record_load(f->r->disk, rmn_ntfs_row_offset(row), &f->base))
		return true;
	if (!record_take(f, &f->base) || !extensions_load(f))
		return false;
	for (size_t i = 0; i < f->more_count; i++)
		if (!record_take(f, &f->more[i]))
			return false;
	if (f->part_count > 1)
		qsort(f->parts, f->part_count, sizeof(*f->parts), part_compare);
	return true;
}

/* What is the same for all names and streams. */
static struct rmn_found
file_facts(const struct file *f)
{
	struct rmn_found found = {
		.volume = f->v->found,
		.kind = f->base.is_folder ? RMN_ITEM_DIRECTORY : RMN_ITEM_FILE,
		.origin = f->row->flags & RMN_NTFS_ROW_STALE || f->base.bad_sectors ?
		    RMN_ORIGIN_STALE : f->base.is_in_use ? RMN_ORIGIN_RECORD :
		    RMN_ORIGIN_DELETED,
		.created = f->names[0].created, .modified = f->names[0].modified,
		.changed = f->names[0].changed, .accessed = f->names[0].accessed,
		.id = f->row->number, .link_count = f->base.links,
		.how = RMN_CONTENT_NONE,
	};

	if (f->times.size >= 32) {
		found.created = rmn_ntfs_time(rmn_le64(f->times.data));
		found.modified = rmn_ntfs_time(rmn_le64(f->times.data + 8));
		found.changed = rmn_ntfs_time(rmn_le64(f->times.data + 16));
		found.accessed = rmn_ntfs_time(rmn_le64(f->times.data + 24));
	}
	/* Not the record's log number: chkdsk and other systems' drivers start those anew. */
	found.version = found.changed > 0 ? (uint64_t)found.changed : 0;
	return found;
}

/* Puts what f->stream has into found. */
static void
stream_facts(const struct file *f, struct rmn_found *found)
{
	const struct rmn_ntfs_stream *s = &f->stream;

	found->how = s->how;
	found->size_bytes = s->size_bytes;
	found->extents = s->extents;
	found->extent_count = s->count;
	found->attribute_id = s->how == RMN_CONTENT_LZNT1 ? s->unit_bytes : 0;
	found->is_short = s->is_short;
	found->is_encrypted = s->is_encrypted;
}

/* Hands the file on under each name; a named stream under the first. */
static enum rmn_status
names_give(struct file *f, struct rmn_found *found)
{
	bool has_long = false;

	for (size_t i = 0; i < f->name_count; i++)
		has_long |= f->names[i].space != RMN_NTFS_SPACE_DOS;
	for (size_t i = 0; i < f->name_count; i++) {
		const struct rmn_ntfs_name *name = &f->names[i];
		enum rmn_status status;

		if (has_long && name->space == RMN_NTFS_SPACE_DOS)
			continue;
		if ((name->parent & RMN_NTFS_NUMBER_MASK) == RMN_NTFS_EXTEND)
			continue;
		rmn_buf_clear(&f->path);
		rmn_ntfs_names_path(f->v, name->parent, &f->path);
		rmn_found_name_utf16(&f->path, name->units, false, false);
		found->path = rmn_buf_bytes(&f->path);
		found->parent_id = name->parent & RMN_NTFS_NUMBER_MASK;
		status = f->path.failed ? out_of_memory(f->r) : rmn_found_add(f->r, found);
		if (status != RMN_OK || found->kind == RMN_ITEM_STREAM)
			return status;
	}
	return RMN_OK;
}

/* Streams are runs of parts of one name; the one without a name is the file itself. */
static enum rmn_status
file_give(struct file *f)
{
	struct rmn_found found = file_facts(f);
	bool has_main = f->part_count > 0 && f->parts[0].attribute.name.size == 0;
	enum rmn_status status;

	if (f->base.is_folder || !has_main) {
		/* A damaged record, or extension records that are lost: the name is left. */
		found.size_bytes = f->base.is_folder ? 0 : f->names[0].size_bytes;
		found.is_short = !f->base.is_folder;
		status = names_give(f, &found);
		if (status != RMN_OK)
			return status;
	}
	for (size_t i = 0, count; i < f->part_count; i += count) {
		const struct rmn_bytes name = f->parts[i].attribute.name;

		for (count = 1; i + count < f->part_count &&
		    name_compare(f->parts[i + count].attribute.name, name) == 0;)
			count++;
		rmn_ntfs_stream_make(f->r, f->v, &f->parts[i], count, &f->stream);
		if (f->stream.failed)
			return out_of_memory(f->r);
		stream_facts(f, &found);
		found.kind = name.size > 0 ? RMN_ITEM_STREAM : RMN_ITEM_FILE;
		rmn_buf_clear(&f->stream_name);
		rmn_found_name_utf16(&f->stream_name, name, false, false);
		found.stream = rmn_buf_bytes(&f->stream_name);
		status = names_give(f, &found);
		if (status != RMN_OK)
			return status;
	}
	return RMN_OK;
}

static enum rmn_status
files_of_rows(struct file *f, const struct rmn_ntfs_volumes *volumes)
{
	const struct rmn_ntfs_row *last = NULL;
	size_t copies = 0;

	for (size_t i = 0; i < f->t->order_count; i++) {
		const struct rmn_ntfs_row *row = &f->t->rows[f->t->order[i]];
		enum rmn_status status;

		copies = last && last->number == row->number && last->volume == row->volume ?
		    copies + 1 : 0;
		last = row;
		if (copies >= RMN_NTFS_COPIES_MAX) {
			f->is_cut = true;
			continue;
		}

		if (row->volume >= volumes->count || row->number < RMN_NTFS_FIRST_USER ||
		    !volumes->list[row->volume].folders)
			continue;
		f->v = &volumes->list[row->volume];
		if (!file_load(f, row))
			return out_of_memory(f->r);
		status = f->name_count > 0 ? file_give(f) : RMN_OK;
		if (status != RMN_OK)
			return status;
	}
	return RMN_OK;
}

static enum rmn_status
files_of_names(struct file *f, const struct rmn_ntfs_volumes *volumes,
    const struct rmn_ntfs_names *names)
{
	for (size_t i = 0; i < names->count; i++) {
		const struct rmn_ntfs_told *told = &names->list[i];
		const struct rmn_ntfs_volume *v = &volumes->list[told->volume];
		struct rmn_found found = {
			.volume = v->found,
			.kind = told->is_folder ? RMN_ITEM_DIRECTORY : RMN_ITEM_FILE,
			.origin = RMN_ORIGIN_INDEX, .how = RMN_CONTENT_NONE,
			.size_bytes = told->is_folder ? 0 : told->size_bytes,
			.created = told->created, .modified = told->modified,
			.changed = told->changed, .accessed = told->accessed,
			.id = told->reference & RMN_NTFS_NUMBER_MASK,
			.parent_id = told->parent & RMN_NTFS_NUMBER_MASK,
		};
		enum rmn_status status;

		rmn_buf_clear(&f->path);
		rmn_ntfs_names_path(v, told->parent, &f->path);
		rmn_buf_append_data(&f->path, names->names.data + told->name, told->name_size);
		found.path = rmn_buf_bytes(&f->path);
		status = f->path.failed ? out_of_memory(f->r) : rmn_found_add(f->r, &found);
		if (status != RMN_OK)
			return status;
	}
	return RMN_OK;
}

enum rmn_status
rmn_ntfs_files_give(struct rmn_recovery *r, const struct rmn_ntfs_table *t,
    const struct rmn_ntfs_volumes *volumes, const struct rmn_ntfs_names *names)
{
	struct file *f = calloc(1, sizeof(*f));
	enum rmn_status status;

	if (!f)
		return out_of_memory(r);
	f->r = r;
	f->t = t;
	rmn_buf_init(&f->path, 0);
	rmn_buf_init(&f->stream_name, 0);
	rmn_buf_init(&f->list, LIST_MAX);
	status = files_of_rows(f, volumes);
	if (status == RMN_OK)
		status = files_of_names(f, volumes, names);
	if (status == RMN_OK && f->is_cut)
		r->unexamined(r->context, UINT32_MAX, "ntfs",
		    "a lost file with more records, or copies of them, than are read");
	free(f->more);
	free(f->parts);
	rmn_ntfs_stream_release(&f->stream);
	rmn_buf_release(&f->path);
	rmn_buf_release(&f->stream_name);
	rmn_buf_release(&f->list);
	free(f);
	return status;
}
