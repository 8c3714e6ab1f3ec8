/* SPDX-License-Identifier: MIT
 *
 * What kind of document a zip is: OOXML says it in [Content_Types].xml, OpenDocument and EPUB in
 * "mimetype", the others by the names of their members. */
#include "base/cursor.h"
#include "carve/zip_head.h"

struct word {
	const char *text, *extension;
};

/* The content type of the main part: ECMA-376 part 1 (11.3, 12.3, 13.3), [MS-OFFMACRO2], [MS-VSDX].
 * The first that is found counts. */
static const struct word types[] = {
	{"wordprocessingml.document.main+xml", "docx"},
	{"ms-word.document.macroEnabled.main+xml", "docm"},
	{"wordprocessingml.template.main+xml", "dotx"},
	{"ms-word.template.macroEnabledTemplate.main+xml", "dotm"},
	{"spreadsheetml.sheet.main+xml", "xlsx"},
	{"ms-excel.sheet.macroEnabled.main+xml", "xlsm"},
	{"ms-excel.sheet.binary.macroEnabled.main", "xlsb"},
	{"spreadsheetml.template.main+xml", "xltx"},
	{"ms-excel.template.macroEnabled.main+xml", "xltm"},
	{"ms-excel.addin.macroEnabled.main+xml", "xlam"},
	{"presentationml.presentation.main+xml", "pptx"},
	{"ms-powerpoint.presentation.macroEnabled.main+xml", "pptm"},
	{"presentationml.slideshow.main+xml", "ppsx"},
	{"ms-powerpoint.slideshow.macroEnabled.main+xml", "ppsm"},
	{"presentationml.template.main+xml", "potx"},
	{"ms-powerpoint.template.macroEnabled.main+xml", "potm"},
	{"ms-visio.drawing.main+xml", "vsdx"},
	{"ms-visio.drawing.macroEnabled.main+xml", "vsdm"},
	{"ms-visio.template.main+xml", "vstx"},
	{"ms-visio.stencil.main+xml", "vssx"},
	{"ms-package.xps-fixeddocument", "xps"},
};

/* The whole content of "mimetype": OpenDocument 1.2 part 3, appendix C; EPUB OCF 3.3. */
static const struct word mimetypes[] = {
	{"application/vnd.oasis.opendocument.text", "odt"},
	{"application/vnd.oasis.opendocument.spreadsheet", "ods"},
	{"application/vnd.oasis.opendocument.presentation", "odp"},
	{"application/vnd.oasis.opendocument.graphics", "odg"},
	{"application/vnd.oasis.opendocument.formula", "odf"},
	{"application/vnd.oasis.opendocument.base", "odb"},
	{"application/vnd.oasis.opendocument.text-template", "ott"},
	{"application/vnd.oasis.opendocument.spreadsheet-template", "ots"},
	{"application/vnd.oasis.opendocument.presentation-template", "otp"},
	{"application/vnd.sun.xml.writer", "sxw"},
	{"application/vnd.sun.xml.calc", "sxc"},
	{"application/vnd.sun.xml.impress", "sxi"},
	{"application/epub+zip", "epub"},
};

/* Names, or how they begin; a later row outdoes an earlier one. */
static const struct word names[] = {
	{"META-INF/MANIFEST.MF", "jar"},
	{"index.apxl", "key"},
	{"Index/Slide", "key"},
	{"xl/", "xlsx"},
	{"ppt/", "pptx"},
	{"word/", "docx"},
	{"visio/", "vsdx"},
	{"AndroidManifest.xml", "apk"},
	{"META-INF/container.xml", "epub"},
};

static const char content_types[] = "[Content_Types].xml";
static const char mimetype[] = "mimetype";

bool
zip_type_wants(struct rmn_bytes name)
{
	return rmn_bytes_equal(name, rmn_bytes_from_string(content_types)) ||
	    rmn_bytes_equal(name, rmn_bytes_from_string(mimetype));
}

void
zip_type_see(struct zip_type *type, struct rmn_bytes name, struct rmn_bytes content)
{
	const char *found = NULL;

	if (rmn_bytes_equal(name, rmn_bytes_from_string(content_types))) {
		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]) && !found; i++)
			if (rmn_bytes_find(content, rmn_bytes_from_string(types[i].text)) !=
			    SIZE_MAX)
				found = types[i].extension;
	} else if (rmn_bytes_equal(name, rmn_bytes_from_string(mimetype))) {
		for (size_t i = 0; i < sizeof(mimetypes) / sizeof(mimetypes[0]); i++)
			if (rmn_bytes_equal(content, rmn_bytes_from_string(mimetypes[i].text)))
				found = mimetypes[i].extension;
	}
	if (found && !type->extension)
		type->extension = found;
	for (size_t i = type->name_row; i < sizeof(names) / sizeof(names[0]); i++)
		if (rmn_bytes_start_with(name, names[i].text))
			type->name_row = i + 1;
}

const char *
zip_type_extension(const struct zip_type *type)
{
	return type->extension ? type->extension :
	    type->name_row > 0 ? names[type->name_row - 1].extension : NULL;
}
