/* SPDX-License-Identifier: MIT
 *
 * How fast the detection engine is, and what it finds: make bench-detect FILES="..."
 *
 *	detect_bench [--encoding NAME] [--delimiter C] [--repeat N] [--values] FILE ...
 *
 * --values prints "rule TAB tier TAB value" a finding, for tests/bench/recall.py (planted data
 * only: the values are clear). */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "detect/detect.h"

struct bench {
	struct rmn_rules *rules;
	struct rmn_detector *detector;
	struct rmn_detect_input input;
	bool values;
	unsigned repeat;
	size_t *counts;		/* rule * 3 + tier */
	uint64_t bytes;
	double seconds;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
count_finding(void *context, const struct rmn_finding *f)
{
	struct bench *b = context;
	enum rmn_tier tier = rmn_tier_of(f->score);

	b->counts[(size_t)f->rule * 3 + tier]++;
	if (!b->values)
		return;
	printf("%s\t%s\t%llu\t", rmn_rules_at(b->rules, f->rule)->id, rmn_tier_name(tier),
	    (unsigned long long)f->offset);
	for (size_t i = 0; i < f->value.size; i++)
		if (f->value.data[i] == '\n' || f->value.data[i] == '\r')
			fputs(f->value.data[i] == '\n' ? "\\n" : "", stdout);
		else
			putchar(f->value.data[i]);
	printf("\t%.*s\t%.*s\n", (int)f->masked.size, (const char *)f->masked.data,
	    (int)f->context.size, (const char *)f->context.data);
}

/* As the scanner does: windows of 16 MiB with 4 KiB of context on both sides. */
static int
scan_bytes(struct bench *b, struct rmn_bytes bytes)
{
	const size_t window = 16u << 20, margin = 4096;

	for (size_t at = 0; at < bytes.size; at += window) {
		size_t from = at > margin ? at - margin : 0;
		size_t to = bytes.size - at > window + margin ? at + window + margin : bytes.size;
		struct rmn_error error = { 0 };

		b->input.bytes = (struct rmn_bytes){ bytes.data + from, to - from };
		b->input.offset = from;
		b->input.skip = at - from;
		b->input.tail = bytes.size - at > window ? to - at - window : 0;
		if (rmn_detect(b->detector, &b->input, count_finding, b, &error) != RMN_OK) {
			fprintf(stderr, "%s\n", error.text);
			return 1;
		}
	}
	return 0;
}

static int
scan_file(struct bench *b, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), failed = 0;
	struct stat st;
	void *data;
	double start;

	if (fd < 0 || fstat(fd, &st) != 0) {
		perror(path);
		return 1;
	}
	if (st.st_size == 0) {
		close(fd);
		return 0;
	}
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	close(fd);
	if (data == MAP_FAILED) {
		perror(path);
		return 1;
	}
	if (b->values)
		printf("=\t%s\n", path);
	start = now();
	for (unsigned i = 0; i < b->repeat && !failed; i++) {
		rmn_detect_table_begin(b->detector, b->input.delimiter);
		failed = scan_bytes(b, (struct rmn_bytes){ data, (size_t)st.st_size });
		rmn_detect_table_end(b->detector, count_finding, b);
	}
	b->seconds += now() - start;
	b->bytes += (uint64_t)st.st_size * b->repeat;
	munmap(data, (size_t)st.st_size);
	return failed;
}

static void
print_summary(const struct bench *b, double load)
{
	fprintf(stderr, "%.1f MB in %.3f s: %.1f MB/s (rules ready in %.1f ms)\n",
	    (double)b->bytes / 1e6, b->seconds, (double)b->bytes / 1e6 / b->seconds, load * 1e3);
	for (size_t i = 0; i < rmn_rules_count(b->rules); i++) {
		const size_t *c = &b->counts[i * 3];

		if (c[0] + c[1] + c[2])
			fprintf(stderr, "%-22s possible %zu probable %zu confirmed %zu\n",
			    rmn_rules_at(b->rules, i)->id, c[0], c[1], c[2]);
	}
}

int
main(int argc, char **argv)
{
	struct bench b = { .repeat = 1 };
	struct rmn_error error = { 0 };
	double start = now(), load;
	int at = 1, failed = 0;

	for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at++) {
		if (strcmp(argv[at], "--values") == 0)
			b.values = true;
		else if (strcmp(argv[at], "--encoding") == 0)
			b.input.encoding = rmn_encoding_from_label(rmn_bytes_from_string(argv[++at]));
		else if (strcmp(argv[at], "--delimiter") == 0)
			b.input.delimiter = argv[++at][0];
		else if (strcmp(argv[at], "--repeat") == 0)
			b.repeat = (unsigned)atoi(argv[++at]);
	}
	if (rmn_rules_load(NULL, NULL, &b.rules, &error) != RMN_OK ||
	    rmn_rules_prepare(b.rules, &error) != RMN_OK ||
	    rmn_detector_new(b.rules, &b.detector, &error) != RMN_OK) {
		fprintf(stderr, "%s\n", error.text);
		return 4;
	}
	load = now() - start;
	b.counts = calloc(rmn_rules_count(b.rules) * 3, sizeof(*b.counts));
	for (; b.counts && at < argc; at++)
		failed |= scan_file(&b, argv[at]);
	print_summary(&b, load);
	free(b.counts);
	rmn_detector_free(b.detector);
	rmn_rules_free(b.rules);
	return failed;
}
