/* SPDX-License-Identifier: MIT */
#include "pdf_form.h"

#include "base/limits.h"
#include "pdf_string.h"
#include "pdf_walk.h"
#include "pdf_xfa.h"

#define DEPTH_MAX 32
#define NAME_BYTES 1024
#define CHOICES_MAX 10000

static pdf_obj *
acro_form(fz_context *ctx, pdf_document *document)
{
	pdf_obj *root = pdf_dict_get(ctx, pdf_trailer(ctx, document), PDF_NAME(Root));

	return pdf_dict_get(ctx, root, PDF_NAME(AcroForm));
}

bool
pdf_form_is_there(fz_context *ctx, pdf_document *document)
{
	return pdf_array_len(ctx, pdf_dict_get(ctx, acro_form(ctx, document), PDF_NAME(Fields))) > 0;
}

struct form {
	struct pdf_seen seen;
	struct rmn_buf name;		/* of the field at hand, "order.customer" */
	struct rmn_buf line;
	struct pdf_out *out;
	size_t count;
};

/* A value as it is shown: text, the state of a button, several choices. */
static void
append_value(fz_context *ctx, pdf_obj *value, struct rmn_buf *line)
{
	if (!pdf_is_array(ctx, value)) {
		pdf_string_append(ctx, value, line);
		return;
	}
	for (int i = 0, n = pdf_array_len(ctx, value); i < n && i < CHOICES_MAX; i++) {
		if (i > 0)
			rmn_buf_append_string(line, ", ");
		pdf_string_append_line(ctx, pdf_array_get(ctx, value, i), line);
	}
}

/* Name, and the description people see, which is often the better one. */
static void
begin_line(fz_context *ctx, struct form *form, pdf_obj *field)
{
	pdf_obj *said = pdf_dict_get(ctx, field, PDF_NAME(TU));

	rmn_buf_clear(&form->line);
	rmn_buf_append(&form->line, rmn_buf_bytes(&form->name));
	if (pdf_is_string(ctx, said)) {
		rmn_buf_append_string(&form->line, " (");
		pdf_string_append_line(ctx, said, &form->line);
		rmn_buf_append_char(&form->line, ')');
	}
	rmn_buf_append_string(&form->line, ": ");
}

static void
end_line(struct form *form)
{
	rmn_buf_append_char(&form->line, '\n');
	form->out->is_cut |= form->line.failed;
	pdf_out_text(form->out, rmn_buf_bytes(&form->line));
}

/* Who signed, as the signature says it of itself. */
static void
write_signature(fz_context *ctx, struct form *form, pdf_obj *field, pdf_obj *signature)
{
	static const char *const keys[] = {"Name", "Reason", "Location", "ContactInfo", "M"};
	bool is_first = true;

	begin_line(ctx, form, field);
	rmn_buf_append_string(&form->line, "signed");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		pdf_obj *value = pdf_dict_gets(ctx, signature, keys[i]);

		if (!pdf_is_string(ctx, value))
			continue;
		rmn_buf_append_string(&form->line, is_first ? ": " : ", ");
		pdf_string_append_line(ctx, value, &form->line);
		is_first = false;
	}
	end_line(form);
}

/* What a choice field offers: pairs of stored and shown text, or the text alone. */
static void
write_choices(fz_context *ctx, struct form *form, pdf_obj *field)
{
	pdf_obj *choices = pdf_dict_get(ctx, field, PDF_NAME(Opt));
	int count = pdf_array_len(ctx, choices);

	if (count == 0)
		return;
	rmn_buf_clear(&form->line);
	rmn_buf_append(&form->line, rmn_buf_bytes(&form->name));
	rmn_buf_append_string(&form->line, " (choices):");
	for (int i = 0; i < count && i < CHOICES_MAX; i++) {
		pdf_obj *choice = pdf_array_get(ctx, choices, i);

		rmn_buf_append_char(&form->line, '\t');
		if (pdf_is_array(ctx, choice))
			choice = pdf_array_get(ctx, choice, 1);
		pdf_string_append_line(ctx, choice, &form->line);
	}
	form->out->is_cut |= count > CHOICES_MAX;
	end_line(form);
}

static void
write_field(fz_context *ctx, struct form *form, pdf_obj *field)
{
	pdf_obj *value = pdf_dict_get_inheritable(ctx, field, PDF_NAME(V));

	if (pdf_is_dict(ctx, value) && !pdf_is_stream(ctx, value)) {
		write_signature(ctx, form, field, value);
	} else {
		begin_line(ctx, form, field);
		append_value(ctx, value ? value :
		    pdf_dict_get_inheritable(ctx, field, PDF_NAME(DV)), &form->line);
		end_line(form);
	}
	write_choices(ctx, form, field);
}

/* Whether the kids are fields of their own; else they are the places where this one is shown. */
static bool
has_fields_below(fz_context *ctx, pdf_obj *kids)
{
	return pdf_array_len(ctx, kids) > 0 &&
	       pdf_dict_get(ctx, pdf_array_get(ctx, kids, 0), PDF_NAME(T)) != NULL;
}

struct level {
	pdf_obj *fields;
	int next;
	size_t name_size;	/* of the name above */
};

static void
write_fields(fz_context *ctx, struct form *form, pdf_obj *fields)
{
	struct level levels[DEPTH_MAX] = {{fields, 0, 0}};
	size_t depth = 0;

	for (;;) {
		struct level *level = &levels[depth];
		pdf_obj *field, *kids;

		if (level->next == pdf_array_len(ctx, level->fields)) {
			if (depth-- == 0)
				return;
			continue;
		}
		field = pdf_array_get(ctx, level->fields, level->next++);
		form->name.size = level->name_size;
		if (!pdf_is_dict(ctx, field) || !pdf_seen_add(ctx, &form->seen, field))
			continue;
		if (form->count++ == RMN_LIMIT_PDF_ENTRIES) {
			form->out->is_cut = true;
			return;
		}
		if (form->name.size > 0 && form->name.size < NAME_BYTES)
			rmn_buf_append_char(&form->name, '.');
		if (form->name.size < NAME_BYTES)
			pdf_string_append_line(ctx, pdf_dict_get(ctx, field, PDF_NAME(T)),
			    &form->name);
		kids = pdf_dict_get(ctx, field, PDF_NAME(Kids));
		if (has_fields_below(ctx, kids) && depth + 1 < DEPTH_MAX)
			levels[++depth] = (struct level){kids, 0, form->name.size};
		else
			write_field(ctx, form, field);
	}
}

void
pdf_form_write(fz_context *ctx, pdf_document *document, struct pdf_out *out)
{
	pdf_obj *acro = acro_form(ctx, document);
	struct form form = {.out = out};

	if (!acro)
		return;
	if (!pdf_seen_init(&form.seen, ctx, document))
		fz_throw(ctx, FZ_ERROR_MEMORY, "no memory for the form");
	rmn_buf_init(&form.name, 0);
	rmn_buf_init(&form.line, RMN_MIB);
	fz_try(ctx) {
		pdf_out_part(out, RMN_PART_FORM, "");
		write_fields(ctx, &form, pdf_dict_get(ctx, acro, PDF_NAME(Fields)));
		pdf_xfa_write(ctx, pdf_dict_get(ctx, acro, PDF_NAME(XFA)), out);
	}
	fz_always(ctx) {
		rmn_buf_release(&form.name);
		rmn_buf_release(&form.line);
		pdf_seen_release(&form.seen);
	}
	fz_catch(ctx)
		fz_rethrow(ctx);
}
