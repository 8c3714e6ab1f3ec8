/* SPDX-License-Identifier: MIT
 *
 * The pictures of the HTML report, as inline SVG that stretches to its box: bars of charts, the
 * bar of the ledger, and the map of a medium. */
#include <math.h>
#include <string.h>

#include "report/html_private.h"
#include "report/show.h"

void
rmn_html_bar(struct html *h, uint64_t value, uint64_t part, uint64_t most)
{
	rmn_buf_printf(h->text, "<td class=\"bar\"><svg viewBox=\"0 0 100 10\""
		" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
		"<rect class=\"fill\" width=\"%.2f\" height=\"10\"/>"
		"<rect class=\"fill2\" width=\"%.2f\" height=\"10\"/></svg></td>",
	    (double)value * 100 / (double)most, (double)part * 100 / (double)most);
}

/* Rows of one source stand together: columns source, class, bytes, share. */
void
rmn_html_coverage_bars(struct html *h, const struct rmn_report_rows *rows)
{
	const struct rmn_report_cell *cells = rows->cells, *before = NULL;
	double at = 0;
	size_t i;

	for (i = 0; i < rows->count; i++, cells += 4) {
		double share = (double)cells[3].number / 100;

		if (!before || !rmn_bytes_equal(before->text, cells[0].text)) {
			rmn_buf_append_string(h->text, before ? "</svg>\n<h3><bdi>" : "<h3><bdi>");
			rmn_buf_clear(&h->plain);
			rmn_report_show(&h->plain, h->model, &rows->table->columns[0], &cells[0]);
			rmn_html_escape(h->text, rmn_buf_bytes(&h->plain));
			rmn_buf_append_string(h->text, "</bdi></h3>\n<svg class=\"strip\""
				" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\""
				" aria-hidden=\"true\"><rect class=\"track\" width=\"100\""
				" height=\"10\"/>");
			at = 0;
		}
		rmn_buf_printf(h->text, "<rect class=\"c-%s\" x=\"%.2f\" width=\"%.2f\""
			" height=\"10\"/>", (const char *)cells[1].text.data, at, share);
		at += share;
		before = &cells[0];
	}
	rmn_buf_append_string(h->text, before ? "</svg>\n" : "");
}

/* 0 none, 1-5 by the logarithm of how many lie in the cell. */
static unsigned
heat(double findings)
{
	unsigned level;

	if (findings < 0.5)
		return 0;
	level = 1 + (unsigned)(log10(findings < 1 ? 1 : findings) / 0.75);
	return level > 5 ? 5 : level;
}

static void
append_place(struct html *h, const struct rmn_report_map *map, unsigned cell)
{
	rmn_buf_append_string(h->text, "<title>");
	rmn_report_show_bytes(h->text,
	    (uint64_t)((double)map->size_bytes * cell / RMN_REPORT_MAP_CELLS));
	rmn_buf_append_string(h->text, ": ");
}

static void
append_findings_strip(struct html *h, const struct rmn_report_map *map)
{
	unsigned i;

	for (i = 0; i < RMN_REPORT_MAP_CELLS; i++) {
		const struct rmn_report_map_cell *cell = &map->cells[i];

		if (heat(cell->findings) == 0)
			continue;
		rmn_buf_printf(h->text, "<rect class=\"h%u\" x=\"%u\" width=\"1.02\" height=\"10\">",
		    heat(cell->findings), i);
		append_place(h, map, i);
		rmn_report_show_count(h->text, (uint64_t)(cell->findings + 0.5));
		rmn_buf_append_string(h->text, "</title></rect>\n");
	}
}

/* Files in use grow from below, what is gone stands on them. */
static void
append_files_strip(struct html *h, const struct rmn_report_map *map)
{
	double cell_bytes = (double)map->size_bytes / RMN_REPORT_MAP_CELLS;
	unsigned i;

	for (i = 0; i < RMN_REPORT_MAP_CELLS; i++) {
		const struct rmn_report_map_cell *cell = &map->cells[i];
		double used = 10 * (double)cell->used_bytes / cell_bytes;
		double gone = 10 * (double)cell->gone_bytes / cell_bytes;

		used = used > 10 ? 10 : cell->used_bytes && used < 1.5 ? 1.5 : used;
		gone = gone > 10 - used ? 10 - used : cell->gone_bytes && gone < 1.5 ? 1.5 : gone;
		if (used > 0)
			rmn_buf_printf(h->text, "<rect class=\"used\" x=\"%u\" y=\"%.1f\""
				" width=\"1.02\" height=\"%.1f\"/>", i, 10 - used, used);
		if (gone > 0)
			rmn_buf_printf(h->text, "<rect class=\"gone\" x=\"%u\" y=\"%.1f\""
				" width=\"1.02\" height=\"%.1f\"/>", i, 10 - used - gone, gone);
	}
}

static void
append_strip(struct html *h, const struct rmn_report_map *map,
    void (*strip)(struct html *h, const struct rmn_report_map *map))
{
	rmn_buf_printf(h->text, "<svg class=\"strip\" viewBox=\"0 0 %u 10\""
		" preserveAspectRatio=\"none\" role=\"img\"><rect class=\"track\" width=\"%u\""
		" height=\"10\"/>\n", RMN_REPORT_MAP_CELLS, RMN_REPORT_MAP_CELLS);
	strip(h, map);
	rmn_buf_append_string(h->text, "</svg>\n");
}

void
rmn_html_maps(struct html *h)
{
	size_t i;

	for (i = 0; i < h->model->map_count; i++) {
		const struct rmn_report_map *map = &h->model->maps[i];
		struct rmn_report_column column = {"source", RMN_SHOW_PATH, NULL};
		struct rmn_report_cell cell = {.text = rmn_bytes_from_string(map->source)};

		rmn_buf_clear(&h->plain);
		rmn_report_show(&h->plain, h->model, &column, &cell);
		rmn_buf_append_string(h->text, "<h3><bdi>");
		rmn_html_escape(h->text, rmn_buf_bytes(&h->plain));
		rmn_buf_append_string(h->text, "</bdi></h3>\n");
		append_strip(h, map, append_findings_strip);
		append_strip(h, map, append_files_strip);
		rmn_buf_append_string(h->text, "<div class=\"axis\"><span>0</span><span>");
		rmn_report_show_bytes(h->text, map->size_bytes / 2);
		rmn_buf_append_string(h->text, "</span><span>");
		rmn_report_show_bytes(h->text, map->size_bytes);
		rmn_buf_append_string(h->text, "</span></div>\n");
	}
}
