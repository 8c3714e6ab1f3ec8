/* SPDX-License-Identifier: MIT */
#include "carve/zip_content.h"

/* Bytes of XML without a wrong tag. */
#define XML_SURE 256u
/* Rows of a picture: each is right by chance in 5 of 256 cases, or because a picture of the same width
 * stands there. */
#define PNG_LIKELY 4u

bool
zip_content_init(struct zip_content *content)
{
	content->kind = ZIP_CONTENT_PLAIN;
	return zip_png_init(&content->png);
}

void
zip_content_release(struct zip_content *content)
{
	zip_png_release(&content->png);
}

void
zip_content_copy(struct zip_content *to, const struct zip_content *from)
{
	to->kind = from->kind;
	to->matched = from->matched;
	if (from->kind == ZIP_CONTENT_XML)
		to->xml = from->xml;
	else if (from->kind == ZIP_CONTENT_PNG)
		zip_png_copy(&to->png, &from->png);
}

void
zip_content_start(struct zip_content *content, struct rmn_bytes name)
{
	content->matched = 0;
	content->kind = zip_xml_is(name) ? ZIP_CONTENT_XML : ZIP_CONTENT_UNDECIDED;
	if (content->kind == ZIP_CONTENT_XML)
		zip_xml_start(&content->xml);
}

bool
zip_content_feed(void *context, struct rmn_bytes bytes)
{
	struct zip_content *content = context;

	while (content->kind == ZIP_CONTENT_UNDECIDED && bytes.size > 0) {
		if (bytes.data[0] != (unsigned char)ZIP_PNG_SIGNATURE[content->matched]) {
			content->kind = ZIP_CONTENT_PLAIN;
		} else if (++content->matched == ZIP_PNG_SIGNATURE_BYTES) {
			content->kind = ZIP_CONTENT_PNG;
			zip_png_start(&content->png);
		}
		bytes = rmn_bytes_after(bytes, 1);
	}
	if (content->kind == ZIP_CONTENT_XML)
		return zip_xml_feed(&content->xml, bytes);
	return content->kind != ZIP_CONTENT_PNG || zip_png_feed(&content->png, bytes);
}

bool
zip_content_is_checked(const struct zip_content *content)
{
	return (content->kind == ZIP_CONTENT_XML && !content->xml.is_off) ||
	    content->kind == ZIP_CONTENT_PNG;
}

enum zip_verdict
zip_content_judge(const struct zip_content *content, const struct zip_content *since)
{
	if (content->kind != since->kind)
		return ZIP_POSSIBLE;
	if (content->kind == ZIP_CONTENT_XML)
		return !content->xml.is_off && content->xml.size_bytes >=
		    since->xml.size_bytes + XML_SURE ? ZIP_SURE : ZIP_POSSIBLE;
	if (content->kind != ZIP_CONTENT_PNG)
		return ZIP_POSSIBLE;
	return content->png.sums > since->png.sums ? ZIP_SURE :
	    content->png.rows >= since->png.rows + PNG_LIKELY ? ZIP_LIKELY : ZIP_POSSIBLE;
}
