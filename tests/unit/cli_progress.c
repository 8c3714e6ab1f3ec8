/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "cli/progress.h"
#include "cli/suggest.h"
#include "cli/units.h"
#include "cli/width.h"

static void
test_units_parse(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
	} rows[] = {
		{"0", true, 0}, {"4096", true, 4096}, {"64KiB", true, 65536}, {"64k", true, 65536},
		{"64kB", true, 64000}, {"2G", true, 2147483648u}, {"1tb", true, 1000000000000u},
		{"512B", true, 512}, {"15E", true, 15ull << 60}, {"18446744073709551615", true,
		    UINT64_MAX},
		{"", false, 0}, {"K", false, 0}, {"-1", false, 0}, {"1.5G", false, 0},
		{"16E", false, 0}, {"18446744073709551616", false, 0}, {"1Kx", false, 0},
		{"1KiBs", false, 0}, {" 1", false, 0}, {"0x10", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint64_t value = 77;

		assert_int_equal(rmn_units_parse(rows[i].text, &value), rows[i].good);
		assert_int_equal(value, rows[i].good ? rows[i].value : 77);
	}
}

static void
test_units_text(void **state)
{
	char text[RMN_UNITS_TEXT_BYTES];

	(void)state;
	rmn_units_size_text(1023, text);
	assert_string_equal(text, "1023 B");
	rmn_units_size_text(1536, text);
	assert_string_equal(text, "1.5 KiB");
	rmn_units_size_text(1024 * 1024 - 1, text);
	assert_string_equal(text, "1.0 MiB");
	rmn_units_size_text(UINT64_MAX, text);
	assert_string_equal(text, "16.0 EiB");
	rmn_units_rate_text(240e6, text);
	assert_string_equal(text, "240 MB/s");
	rmn_units_rate_text(3.14e9, text);
	assert_string_equal(text, "3.1 GB/s");
	rmn_units_time_text(42, text);
	assert_string_equal(text, "0:42");
	rmn_units_time_text(3723, text);
	assert_string_equal(text, "1:02:03");
	rmn_units_count_text(1234567, text);
	assert_string_equal(text, "1,234,567");
	rmn_units_count_text(999, text);
	assert_string_equal(text, "999");
}

static void
test_width(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
		const char *fitted;
	} rows[] = {
		{"abc.txt", 7, "abc.txt"},
		{"0123456789abcdef", 12, "012...abcdef"},
		{"顧客名簿.csv", 12, "顧客名簿.csv"},
		{"顧客名簿.csv", 11, "顧...簿.csv"},
		{"顧客名簿.csv", 10, "顧....csv"},
		{"abcdef", 2, ".."},
		{"abcdef", 0, ""},
	};

	(void)state;
	assert_int_equal(rmn_width(rmn_bytes_from_string("ハ\xE3\x82\x9Aス")), 4);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rmn_buf buf;

		rmn_buf_init(&buf, 0);
		rmn_width_append_fitted(&buf, rmn_bytes_from_string(rows[i].text),
		    rows[i].columns);
		assert_string_equal(rmn_buf_string(&buf), rows[i].fitted);
		assert_true(rmn_width(rmn_buf_bytes(&buf)) <= rows[i].columns);
		rmn_buf_release(&buf);
	}
}

static void
test_line(void **state)
{
	struct rmn_progress_state progress = {.phase = "examining", .bytes_done = 512u << 20,
	    .bytes_total = 2048u << 20, .items_done = 1234, .items_total = 11798, .findings = 56};
	struct rmn_buf line;

	(void)state;
	rmn_buf_init(&line, 0);
	rmn_progress_append_line(&line, &progress, 268435456.0, 2, 0);
	assert_string_equal(rmn_buf_string(&line), "examining  25%  512.0 MiB of 2.0 GiB  "
	    "268 MB/s  0:06 left  56 findings  1,234 of 11,798 items");
	rmn_buf_clear(&line);
	rmn_progress_append_line(&line, &progress, 0, 2, 16);
	assert_string_equal(rmn_buf_string(&line), "examining  25%");
	rmn_buf_clear(&line);
	rmn_progress_append_line(&line, &progress, 268435456.0, 2, 79);
	assert_string_equal(rmn_buf_string(&line), "examining  25%  512.0 MiB of 2.0 GiB  "
	    "268 MB/s  0:06 left  56 findings");
	rmn_buf_clear(&line);
	progress.bytes_total = progress.items_total = 0;
	rmn_progress_append_line(&line, &progress, 0, 75, 0);
	assert_string_equal(rmn_buf_string(&line),
	    "examining  512.0 MiB  1:15  56 findings  1,234 items");
	rmn_buf_release(&line);
}

/* A name of evidence can hold anything; on the terminal it holds text and nothing else. */
static void
test_worker_is_safe(void **state)
{
	struct rmn_progress_worker worker = {.name = "worker 1", .seconds = 3,
	    .item = rmn_bytes_from_string("a\033[2Jb\n\xFF")};
	struct rmn_buf line;

	(void)state;
	rmn_buf_init(&line, 0);
	rmn_progress_append_worker(&line, &worker, 79);
	assert_string_equal(rmn_buf_string(&line), "  worker 1 3s a\\x1B[2Jb\\n\\xFF");
	for (size_t columns = 0; columns < 30; columns++) {
		rmn_buf_clear(&line);
		rmn_progress_append_worker(&line, &worker, columns);
		assert_true(rmn_width(rmn_buf_bytes(&line)) <= columns);
	}
	rmn_buf_release(&line);
}

static void
test_signal_asks(void **state)
{
	struct rmn_progress_state nothing = {.phase = "test"};
	struct rmn_progress *progress = rmn_progress_new(true);

	(void)state;
	assert_non_null(progress);
	assert_false(rmn_progress_due(progress));
	raise(SIGUSR1);
	assert_true(rmn_progress_want_status());
	assert_true(rmn_progress_due(progress));
	rmn_progress_update(progress, &nothing);
	assert_false(rmn_progress_due(progress));
	rmn_progress_free(progress);
	rmn_progress_free(NULL);
	rmn_progress_update(NULL, &nothing);
}

/* What a program with a bar writes to a terminal of 40 columns. */
static void
show_bar(void)
{
	struct rmn_progress_worker workers[] = {
		{.name = "worker 1", .item = rmn_bytes_from_string("総務部/2014年度/顧客名簿_本社と支社.xlsx")},
		{.name = "worker 2"},
	};
	struct rmn_progress_state state = {.phase = "examining", .bytes_total = 2, .workers = workers, .worker_count = 2};
	struct timespec pause = {.tv_nsec = 250000000};
	struct rmn_progress *progress;

	setenv("TERM", "xterm", 1);
	progress = rmn_progress_new(false);
	for (int i = 0; i < 2; i++) {
		nanosleep(&pause, NULL);
		rmn_progress_update(progress, &state);
		rmn_progress_update(progress, &state);	/* not due: draws nothing */
	}
	rmn_progress_free(progress);
	_exit(0);
}

static void
test_bar_on_terminal(void **state)
{
	/* The time that follows depends on the machine. */
	static const char bar[] = "  worker 1 総務部/2..._本社と支社.xlsx\r\n  worker 2 idle\r\n"
				  "examining   0%  0 B of 2 B";
	static const char erased[] = "\r\033[2A\033[J";
	struct winsize size = {.ws_row = 10, .ws_col = 40};
	char text[4096], *second;
	size_t used = 0;
	ssize_t got;
	int fd;
	pid_t child = forkpty(&fd, NULL, NULL, &size);

	(void)state;
	if (child < 0)
		skip();
	if (child == 0)
		show_bar();
	while (used < sizeof(text) - 1 &&
	    (got = read(fd, text + used, sizeof(text) - 1 - used)) > 0)
		used += (size_t)got;
	text[used] = '\0';
	waitpid(child, NULL, 0);
	close(fd);
	assert_memory_equal(text, bar, sizeof(bar) - 1);
	second = strstr(text, erased);
	assert_non_null(second);
	assert_memory_equal(second + sizeof(erased) - 1, bar, sizeof(bar) - 1);
	second = strstr(second + 1, erased);
	assert_non_null(second);
	assert_string_equal(second, erased);
}

static const char *
name_at(const void *context, unsigned index)
{
	const char *const *names = context;

	return names[index];
}

static void
test_suggest(void **state)
{
	static const char *const names[] = {"scan", "report", "case", NULL};

	(void)state;
	assert_string_equal(rmn_suggest("scn", name_at, names), "scan");
	assert_string_equal(rmn_suggest("reprot", name_at, names), "report");
	assert_null(rmn_suggest("zzzz", name_at, names));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_units_parse),
		cmocka_unit_test(test_units_text),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_worker_is_safe),
		cmocka_unit_test(test_signal_asks),
		cmocka_unit_test(test_bar_on_terminal),
		cmocka_unit_test(test_suggest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
