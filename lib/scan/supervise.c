/* SPDX-License-Identifier: MIT
 *
 * The supervisor's loop: hand out units, take what comes back, keep time. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/checked.h"
#include "scan/private.h"

#define COMMIT_NS 1000000000ll
#define PROGRESS_NS 200000000ll
#define TICK_MS 100
/* Entries of a tree walked at once, so that workers are not kept waiting. */
#define TREE_BATCH 64

int64_t
scan_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool
run_is_done(const struct run *r)
{
	if (!r->walk_done || !r->hash_done || rmn_queue_count(&r->queue) > 0)
		return false;
	for (unsigned i = 0; i < r->slot_count; i++)
		if (r->slots[i].unit != 0)
			return false;
	return true;
}

static void
run_dispatch(struct run *r)
{
	for (unsigned i = 0; i < r->slot_count && r->error.status == RMN_OK; i++) {
		int64_t unit;

		if (r->tree && !r->walk_done && rmn_queue_count(&r->queue) < 4 * r->slot_count)
			run_walk_tree(r, TREE_BATCH);
		while (r->slots[i].unit == 0 && rmn_queue_pop(&r->queue, &unit)) {
			if (r->slots[i].child.pid == 0)
				slot_start(r, &r->slots[i]);
			slot_give(r, &r->slots[i], unit);
			if (r->error.status != RMN_OK)
				return;
		}
	}
}

/* Reads what a child has sent, and passes every whole message to take.  False: the child ended, or
 * sent what it never would. */
static bool
child_read(struct run *r, struct rmn_child *child, void *context,
    bool (*take)(struct run *r, void *context, uint32_t type, struct rmn_bytes payload))
{
	struct rmn_bytes payload;
	enum rmn_status status;
	uint32_t type;

	if (rmn_channel_fill(&child->channel) != RMN_OK)
		return false;
	while ((status = rmn_channel_next(&child->channel, &type, &payload)) == RMN_OK) {
		rmn_arena_reset(r->scan->arena);
		if (!take(r, context, type, payload))
			return false;
		if (child->pid == 0)
			return true;	/* it was replaced on the way */
	}
	return status == RMN_END;
}

/* --- workers */

static bool
take_from_worker(struct run *r, void *context, uint32_t type, struct rmn_bytes payload)
{
	struct rmn_note_message m;

	if (type != RMN_MESSAGE_FAILED)
		return slot_take_result(r, context, type, payload);
	/* A worker that cannot even start: no other would. */
	if (rmn_get_note(payload, &m))
		run_store(r, rmn_fail(&r->error, RMN_IO, "a worker cannot start: %.*s",
		    (int)m.text.size, (const char *)m.text.data));
	return false;
}

static void
serve_worker(struct run *r, struct slot *s)
{
	if (child_read(r, &s->child, s, take_from_worker) || r->error.status != RMN_OK)
		return;
	slot_lost(r, s, NULL, true);
}

static void
watch_workers(struct run *r, int64_t now)
{
	for (unsigned i = 0; i < r->slot_count; i++) {
		struct slot *s = &r->slots[i];

		if (s->unit != 0 && now - s->sign_ns > RMN_LIMIT_ITEM_SECONDS * 1000000000ll)
			slot_lost(r, s, "no sign of life for 60 seconds", true);
	}
}

/* --- the walker */

static bool
take_from_walker(struct run *r, void *context, uint32_t type, struct rmn_bytes payload)
{
	struct rmn_note_message m;

	(void)context;
	if (type != RMN_MESSAGE_FAILED)
		return run_take_walked(r, type, payload);
	if (!rmn_get_note(payload, &m))
		return false;
	run_unexamined(r, 0, 0, 0, "walk", scan_string(r->scan, m.text));
	scan_message(r->scan, RMN_SCAN_ERROR, "%s", scan_string(r->scan, m.text));
	r->failed = r->walk_done = true;
	return true;
}

static void
stop_workers(struct run *r)
{
	char how[64];

	for (unsigned i = 0; i < r->slot_count; i++) {
		if (r->slots[i].child.pid != 0)
			slot_stop(&r->slots[i], true, how);
		r->slots[i].unit = 0;
	}
}

/* Leaves out the volume of that number; false when that was tried before, or too many were. */
static bool
walk_without_volume(struct rmn_walk_options *walk, uint32_t volume)
{
	for (size_t i = 0; i < walk->skip_volume_count; i++)
		if (walk->skip_volumes[i] == volume)
			return false;
	if (walk->skip_volume_count == RMN_WALK_SKIPS)
		return false;
	walk->skip_volumes[walk->skip_volume_count++] = volume;
	return true;
}

/* The same for what starts there. */
static bool
walk_without_start(struct rmn_walk_options *walk, uint64_t start)
{
	for (size_t i = 0; i < walk->skip_start_count; i++)
		if (walk->skip_starts[i] == start)
			return false;
	if (walk->skip_start_count == RMN_WALK_SKIPS)
		return false;
	walk->skip_starts[walk->skip_start_count++] = start;
	return true;
}

/* What the next walk does without.  In a volume it is first the search for orphans, in which libtsk
 * can lose itself on damaged volumes; then the volume; when that does not help, every file system.
 * Volumes are announced when they could be opened: behind the end of one, the next is to blame; and
 * before the first word of any it is the partition table.  Says in words what it is. */
static const char *
walk_without(struct run *r, char where[64])
{
	static const char as_space[] = "its bytes are examined without their file system";
	struct rmn_walk_options *walk = &r->walk;
	uint32_t volume = r->is_opening ? (uint32_t)r->opening[1] :
	    r->last_volume + r->last_volume_ended;
	bool in_volume = !r->is_opening && r->last_volume > 0 && !r->last_volume_ended;

	if (r->stage > 0) {
		snprintf(where, 64, "while it recovered (%s)", r->stage_name);
		walk->skip_stages |= (uint32_t)1 << r->stage;
		return "that step is left out";
	}
	if (r->is_opening)
		snprintf(where, 64, "at what starts at byte %llu",
		    (unsigned long long)r->opening[0]);
	else if (volume > 0)
		snprintf(where, 64, "in volume %u", volume);
	else
		snprintf(where, 64, "at the partition table");
	if (in_volume && !walk->without_orphans) {
		walk->without_orphans = true;
		return "it is walked again without the search for orphan files";
	}
	if (volume > 0 && walk_without_volume(walk, volume))
		return as_space;
	if (r->is_opening && volume == 0 && walk_without_start(walk, r->opening[0]))
		return as_space;
	walk->without_file_systems = true;
	return "the source is examined without its file systems";
}

/* What became of earlier walks is said again in every new one, because forgetting a walk takes
 * its records along. */
static void
record_lost_walks(struct run *r)
{
	for (size_t i = 0; i < r->lost_walk_count; i++)
		run_unexamined(r, 0, 0, 0, "crash", r->lost_walks[i]);
}

/* Nothing helps: the source is recorded as not examined, and the ledger says so of every byte. */
static void
give_up_walk(struct run *r)
{
	r->failed = r->walk_done = true;
	rmn_queue_release(&r->queue);
	if (!run_store(r, rmn_case_forget_walk(r->scan->the_case, r->source_id, &r->error)))
		return;
	r->unexamined = 0;
	record_lost_walks(r);
	run_unexamined(r, 0, 0, 0, "walk", "the walker stops again and again");
	if (r->size_bytes > 0)
		run_store(r, rmn_case_add_coverage(r->scan->the_case, r->source_id, 0,
		    "unreadable", (int64_t)r->size_bytes, &r->error));
}

/* The walker died in a volume: everything of this walk is forgotten and walked anew, with that
 * volume taken as bytes without a file system. */
static void
restart_walk(struct run *r, const char *how)
{
	struct rmn_child_plan plan = r->scan->plan;
	struct rmn_error error = {0};
	char *lost = r->lost_walks[r->lost_walk_count];
	bool is_last = r->walk.without_file_systems && r->stage == 0;
	const char *then;
	char where[64];

	stop_workers(r);
	then = walk_without(r, where);
	snprintf(lost, sizeof(r->lost_walks[0]), "the walker stopped %s (%s)%s%s", where, how,
	    is_last ? "" : "; ", is_last ? "" : then);
	r->lost_walk_count++;
	if (is_last) {
		give_up_walk(r);
		return;
	}
	if (!run_store(r, rmn_case_forget_walk(r->scan->the_case, r->source_id, &r->error)) ||
	    !run_store(r, rmn_case_next_unit(r->scan->the_case, &r->next_unit, &r->error)))
		return;
	rmn_queue_release(&r->queue);
	r->volume_count = r->last_volume = 0;
	r->last_volume_ended = r->is_opening = false;
	r->stage = 0;
	r->items_total = r->items_done = r->bytes_done = r->findings = r->unexamined = 0;
	r->space_numbers[2] = 0;
	r->item.extent_count = 0;
	record_lost_walks(r);
	scan_message(r->scan, RMN_SCAN_WARNING, "%s", lost);
	plan.kind = RMN_CHILD_WALKER;
	plan.image_path = r->path;
	plan.walk = r->walk;
	if (rmn_child_start(&plan, &r->walker, &error) != RMN_OK)
		run_store(r, rmn_fail(&r->error, error.status, "%s", error.text));
}

static void
serve_walker(struct run *r)
{
	bool alive = child_read(r, &r->walker, NULL, take_from_walker);
	char how[64];

	r->walker_sign_ns = scan_clock();
	if (alive && !r->walk_done)
		return;
	rmn_child_stop(&r->walker, !r->walk_done, how);
	if (r->walk_done) {
		if (!r->failed)
			run_store(r, rmn_case_set_source_state(r->scan->the_case, r->source_id,
			    "examining", &r->error));
		return;
	}
	restart_walk(r, how);
}

/* --- the hasher */

static bool
take_from_hasher(struct run *r, void *context, uint32_t type, struct rmn_bytes payload)
{
	struct rmn_note_message m;
	uint64_t n[2];

	(void)context;
	switch (type) {
	case RMN_MESSAGE_HASHED_BYTES:
		return rmn_get_numbers(payload, &r->hashed_bytes, 1);
	case RMN_MESSAGE_BAD_RANGE:
		if (!rmn_get_numbers(payload, n, 2))
			return false;
		r->bad_bytes += n[1];
		return true;
	case RMN_MESSAGE_HASH:
		r->hash_done = true;
		return payload.size == RMN_SHA256_BYTES &&
		    run_store(r, rmn_case_set_source_hash(r->scan->the_case, r->source_id,
		    payload.data, r->bad_bytes, &r->error));
	case RMN_MESSAGE_FAILED:
		r->hash_done = true;
		if (rmn_get_note(payload, &m))
			snprintf(r->hash_problem, sizeof(r->hash_problem), "%.*s",
			    (int)rmn_bytes_head(m.text, sizeof(r->hash_problem)).size,
			    (const char *)m.text.data);
		return true;
	default:
		return false;
	}
}

static void
serve_hasher(struct run *r)
{
	bool alive = child_read(r, &r->hasher, NULL, take_from_hasher);
	char how[64];

	if (alive && !r->hash_done)
		return;
	rmn_child_stop(&r->hasher, !r->hash_done, how);
	if (!r->hash_done)
		snprintf(r->hash_problem, sizeof(r->hash_problem),
		    "the process that hashes the source stopped (%s)", how);
	r->hash_done = true;
}

/* --- keeping time */

static void
tell_progress(struct run *r)
{
	static const char unknown[] = "";
	struct rmn_scan_worker_state workers[RMN_SCAN_JOBS_MAX];
	int64_t now = scan_clock();
	struct rmn_scan_progress p = {
		.source = r->path,
		.phase = !r->walk_done ? "walking" :
		    r->items_done < r->items_total ? "examining" : "hashing",
		.bytes_done = r->bytes_done,
		.bytes_total = r->size_bytes,
		.items_done = r->items_done,
		.items_total = r->items_total,
		.findings = r->findings,
		.unexamined = r->unexamined,
		.workers = workers,
		.worker_count = r->slot_count,
	};

	if (!r->scan->events->progress)
		return;
	for (unsigned i = 0; i < r->slot_count; i++) {
		struct slot *s = &r->slots[i];

		workers[i] = (struct rmn_scan_worker_state){
			.is_busy = s->unit != 0,
			.seconds = s->unit ? (unsigned)((now - s->started_ns) / 1000000000) : 0,
			.path = s->unit ? rmn_buf_string(&s->path) : unknown,
		};
	}
	r->scan->events->progress(r->scan->events->context, &p);
}

static void
watch_walker(struct run *r, int64_t now)
{
	char how[64];

	if (r->walker.pid == 0)
		return;
	if (r->walker_sign_ns == 0)
		r->walker_sign_ns = now;
	if (now - r->walker_sign_ns <= RMN_LIMIT_WALK_SECONDS * 1000000000ll)
		return;
	rmn_child_stop(&r->walker, true, how);
	r->walker_sign_ns = now;
	restart_walk(r, "no sign of life");
}

/* Waits until something has come, or a tick is over. */
static void
run_wait(struct run *r)
{
	struct pollfd waiting[RMN_SCAN_JOBS_MAX + 2];
	struct slot *slots[RMN_SCAN_JOBS_MAX + 2];
	nfds_t count = 0;
	bool walker = r->walker.pid != 0, hasher = r->hasher.pid != 0;

	if (walker)
		waiting[count++] = (struct pollfd){r->walker.channel.fd, POLLIN, 0};
	if (hasher)
		waiting[count++] = (struct pollfd){r->hasher.channel.fd, POLLIN, 0};
	for (unsigned i = 0; i < r->slot_count; i++) {
		if (r->slots[i].child.pid == 0)
			continue;
		slots[count] = &r->slots[i];
		waiting[count++] = (struct pollfd){r->slots[i].child.channel.fd, POLLIN, 0};
	}
	if (poll(waiting, count, r->tree && !r->walk_done ? 0 : TICK_MS) <= 0)
		return;
	for (nfds_t i = 0; i < count && r->error.status == RMN_OK; i++) {
		if (!waiting[i].revents)
			continue;
		if (walker && i == 0)
			serve_walker(r);
		else if (hasher && i == (nfds_t)walker)
			serve_hasher(r);
		else if (slots[i]->child.pid != 0)
			serve_worker(r, slots[i]);
	}
}

void
run_supervise(struct run *r)
{
	const struct rmn_scan_events *events = r->scan->events;
	int64_t committed = scan_clock(), told = 0;

	while (r->error.status == RMN_OK && !run_is_done(r)) {
		int64_t now;

		if (events->should_stop && events->should_stop(events->context)) {
			r->scan->result->was_stopped = true;
			break;
		}
		run_dispatch(r);
		if (r->error.status != RMN_OK || run_is_done(r))
			break;
		run_wait(r);
		now = scan_clock();
		watch_workers(r, now);
		watch_walker(r, now);
		if (now - committed > COMMIT_NS) {
			run_store(r, rmn_case_commit(r->scan->the_case, &r->error));
			committed = now;
		}
		if (now - told > PROGRESS_NS) {
			tell_progress(r);
			told = now;
		}
	}
	stop_workers(r);
}
