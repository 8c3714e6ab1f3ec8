/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "cli/message.h"
#include "cli/units.h"
#include "cli/width.h"

#define REDRAW_MS 200
#define LOG_MS 30000
/* The rate shown is that of about the last ten seconds: disks slow down towards their end. */
#define RATE_SECONDS 10.0
#define WORKER_LINES 16

struct rmn_progress {
	bool quiet, terminal;
	unsigned shown_lines;
	uint64_t started_ms, printed_ms, sampled_ms, sampled_bytes;
	double rate;
};

/* A signal handler can reach nothing but a global. */
static volatile sig_atomic_t status_wanted;

static void
status_signal(int number)
{
	(void)number;
	status_wanted = 1;
}

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

struct rmn_progress *
rmn_progress_new(bool quiet)
{
	struct rmn_progress *progress = calloc(1, sizeof(*progress));
	struct sigaction action = {.sa_handler = status_signal};
	const char *term = getenv("TERM");

	if (!progress)
		return NULL;
	progress->quiet = quiet;
	progress->terminal = isatty(STDERR_FILENO) && !(term && rmn_bytes_equal(
	    rmn_bytes_from_string(term), rmn_bytes_from_string("dumb")));
	progress->started_ms = progress->printed_ms = progress->sampled_ms = now_ms();
	sigemptyset(&action.sa_mask);
	sigaction(SIGUSR1, &action, NULL);
	return progress;
}

void
rmn_progress_free(struct rmn_progress *progress)
{
	rmn_progress_hide(progress);
	free(progress);
}

bool
rmn_progress_want_status(void)
{
	return status_wanted != 0;
}

bool
rmn_progress_due(const struct rmn_progress *progress)
{
	if (!progress)
		return false;
	if (rmn_progress_want_status())
		return true;
	return !progress->quiet &&
	    now_ms() - progress->printed_ms >= (progress->terminal ? REDRAW_MS : LOG_MS);
}

void
rmn_progress_hide(struct rmn_progress *progress)
{
	if (!progress || progress->shown_lines == 0)
		return;
	fputc('\r', stderr);
	if (progress->shown_lines > 1)
		fprintf(stderr, "\033[%uA", progress->shown_lines - 1);
	fputs("\033[J", stderr);
	fflush(stderr);
	progress->shown_lines = 0;
}

static void
append_percent(struct rmn_buf *line, const struct rmn_progress_state *state)
{
	uint64_t share;

	if (state->bytes_total == 0)
		return;
	share = (uint64_t)((double)state->bytes_done * 100.0 / (double)state->bytes_total);
	rmn_buf_printf(line, " %3u%%", (unsigned)(share > 100 ? 100 : share));
}

static void
append_bytes(struct rmn_buf *line, const struct rmn_progress_state *state, double rate)
{
	char done[RMN_UNITS_TEXT_BYTES], total[RMN_UNITS_TEXT_BYTES];

	rmn_units_size_text(state->bytes_done, done);
	rmn_units_size_text(state->bytes_total, total);
	if (state->bytes_total)
		rmn_buf_printf(line, "  %s of %s", done, total);
	else
		rmn_buf_printf(line, "  %s", done);
	if (rate > 0) {
		rmn_units_rate_text(rate, done);
		rmn_buf_printf(line, "  %s", done);
	}
}

static void
append_times(struct rmn_buf *line, const struct rmn_progress_state *state, double rate,
    uint64_t elapsed_seconds)
{
	char text[RMN_UNITS_TEXT_BYTES];
	uint64_t rest = state->bytes_total > state->bytes_done ?
	    state->bytes_total - state->bytes_done : 0;

	if (rate > 0 && state->bytes_total && (double)rest / rate < 1e9) {
		rmn_units_time_text((uint64_t)((double)rest / rate), text);
		rmn_buf_printf(line, "  %s left", text);
	} else {
		rmn_units_time_text(elapsed_seconds, text);
		rmn_buf_printf(line, "  %s", text);
	}
}

static void
append_findings(struct rmn_buf *line, const struct rmn_progress_state *state)
{
	char count[RMN_UNITS_TEXT_BYTES];

	rmn_units_count_text(state->findings, count);
	rmn_buf_printf(line, "  %s findings", count);
}

static void
append_items(struct rmn_buf *line, const struct rmn_progress_state *state)
{
	char done[RMN_UNITS_TEXT_BYTES], total[RMN_UNITS_TEXT_BYTES];

	rmn_units_count_text(state->items_done, done);
	rmn_units_count_text(state->items_total, total);
	if (state->items_total)
		rmn_buf_printf(line, "  %s of %s items", done, total);
	else
		rmn_buf_printf(line, "  %s items", done);
}

/* Moves field to the end of line if it fits: a number that is cut is a wrong number.  ASCII only,
 * so a cell is a byte. */
static void
move_field(struct rmn_buf *line, struct rmn_buf *field, size_t start, size_t columns)
{
	if (columns == 0 || line->size - start + field->size <= columns)
		rmn_buf_append(line, rmn_buf_bytes(field));
	rmn_buf_clear(field);
}

void
rmn_progress_append_line(struct rmn_buf *line, const struct rmn_progress_state *state,
    double rate, uint64_t elapsed_seconds, size_t columns)
{
	size_t start = line->size;
	struct rmn_buf field;

	rmn_buf_init(&field, 0);
	rmn_buf_append_string(&field, state->phase);
	append_percent(&field, state);
	move_field(line, &field, start, columns);
	append_bytes(&field, state, rate);
	move_field(line, &field, start, columns);
	append_times(&field, state, rate, elapsed_seconds);
	move_field(line, &field, start, columns);
	append_findings(&field, state);
	move_field(line, &field, start, columns);
	append_items(&field, state);
	move_field(line, &field, start, columns);
	rmn_buf_release(&field);
}

void
rmn_progress_append_worker(struct rmn_buf *line, const struct rmn_progress_worker *worker,
    size_t columns)
{
	struct rmn_buf head, item;

	rmn_buf_init(&head, 0);
	rmn_buf_init(&item, 0);
	rmn_buf_printf(&head, "  %s ", worker->name);
	if (worker->item.size == 0)
		rmn_buf_append_string(&head, "idle");
	else if (worker->seconds > 0)
		rmn_buf_printf(&head, "%us ", worker->seconds);
	rmn_utf8_append_escaped(&item, worker->item);
	rmn_buf_append(line, rmn_bytes_head(rmn_buf_bytes(&head), columns));
	if (head.size < columns)
		rmn_width_append_fitted(line, rmn_buf_bytes(&item), columns - head.size);
	rmn_buf_release(&head);
	rmn_buf_release(&item);
}

static size_t
terminal_columns(size_t *rows)
{
	struct winsize size;

	*rows = 24;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2)
		return 79;
	if (size.ws_row > 1)
		*rows = size.ws_row;
	return size.ws_col - 1u;	/* the last cell would wrap on some terminals */
}

/* An exponential average whose weight depends on the time since the last sample. */
static void
rate_sample(struct rmn_progress *progress, uint64_t bytes_done)
{
	uint64_t now = now_ms();
	double seconds = (double)(now - progress->sampled_ms) / 1000.0, recent, weight;

	if (seconds < 0.1 || bytes_done < progress->sampled_bytes)
		return;
	recent = (double)(bytes_done - progress->sampled_bytes) / seconds;
	weight = seconds >= RATE_SECONDS ? 1.0 : seconds / RATE_SECONDS;
	progress->rate = progress->rate > 0 ?
	    progress->rate + (recent - progress->rate) * weight : recent;
	progress->sampled_ms = now;
	progress->sampled_bytes = bytes_done;
}

static void
bar_draw(struct rmn_progress *progress, const struct rmn_progress_state *state,
    uint64_t elapsed_seconds)
{
	size_t rows, columns = terminal_columns(&rows), lines = state->worker_count;
	struct rmn_buf text;

	if (lines > WORKER_LINES)
		lines = WORKER_LINES;
	if (lines > rows - 2)
		lines = rows > 2 ? rows - 2 : 0;
	rmn_buf_init(&text, 0);
	for (size_t i = 0; i < lines; i++) {
		rmn_progress_append_worker(&text, &state->workers[i], columns);
		rmn_buf_append_char(&text, '\n');
	}
	rmn_progress_append_line(&text, state, progress->rate, elapsed_seconds, columns);
	rmn_progress_hide(progress);
	fputs(rmn_buf_string(&text), stderr);
	fflush(stderr);
	progress->shown_lines = (unsigned)lines + 1;
	rmn_buf_release(&text);
}

void
rmn_progress_update(struct rmn_progress *progress, const struct rmn_progress_state *state)
{
	bool wanted = rmn_progress_want_status();
	uint64_t elapsed_seconds;
	struct rmn_buf line;

	if (!rmn_progress_due(progress))
		return;
	status_wanted = 0;
	rate_sample(progress, state->bytes_done);
	elapsed_seconds = (now_ms() - progress->started_ms) / 1000;
	if (wanted || !progress->terminal) {
		rmn_progress_hide(progress);
		rmn_buf_init(&line, 0);
		rmn_progress_append_line(&line, state, progress->rate, elapsed_seconds, 0);
		rmn_message("%s", rmn_buf_string(&line));
		rmn_buf_release(&line);
	}
	if (progress->terminal && !progress->quiet)
		bar_draw(progress, state, elapsed_seconds);
	progress->printed_ms = now_ms();
}
