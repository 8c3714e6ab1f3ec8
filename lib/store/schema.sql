-- SPDX-License-Identifier: MIT
--
-- A case, as it lies on disk.  The tables are the program's own and may change with user_version;
-- what others may rely on are the views in views.sql (docs/case.md).
--
-- Ids carry their place: unit << 20 | n is an item, unit << 24 | n a finding (store/rows.h), so all
-- that was examined of a unit is one range of ids.  That is why neither items nor findings refer to
-- an item by foreign key: the range is the reference, and a range can be deleted without a search.
--
-- SQLite makes a table of a list behind IN whenever it writes a row, so the many rows of items compare
-- word by word.
--
-- Times are nanoseconds since 1970 in UTC, NULL where unknown.  Sizes and offsets are bytes.

CREATE TABLE case_info (			-- one row: what is true of the whole case
	id INTEGER PRIMARY KEY CHECK (id = 1),
	created INTEGER NOT NULL,		-- when the case was made
	program_version TEXT NOT NULL,		-- of the remnant that made it
	keep_values INTEGER NOT NULL CHECK (keep_values IN (0, 1)),	-- clear values are stored
	value_key BLOB NOT NULL CHECK (length(value_key) = 32),	-- key of finding.value_hash
	writer_pid INTEGER,			-- process that opened the case for writing last
	writer_since INTEGER			-- and when
) STRICT;

CREATE TABLE log (				-- every command on the case; rows are never changed
	id INTEGER PRIMARY KEY CHECK (id > 0),
	time INTEGER NOT NULL,
	event TEXT NOT NULL CHECK (event IN ('begin', 'end')),
	begin_id INTEGER REFERENCES log (id),	-- of an 'end' row: the 'begin' it ends
	program TEXT,				-- begin: name of the program
	version TEXT,				-- begin: its version
	executable_sha256 BLOB CHECK (length(executable_sha256) = 32),	-- begin: of the program file
	argv TEXT,				-- begin: arguments, a JSON array
	user TEXT,				-- begin: who ran it
	host TEXT,				-- begin: where
	note TEXT,				-- begin: what the program adds (rules digest ...)
	result TEXT,				-- end: how it ended
	hash BLOB NOT NULL CHECK (length(hash) = 32),	-- SHA-256 (hash of the row before + this row)
	CHECK ((event = 'end') = (begin_id IS NOT NULL)),
	CHECK (event = 'end' OR (program IS NOT NULL AND argv IS NOT NULL))
) STRICT;

CREATE TABLE source (				-- what was given to be examined
	id INTEGER PRIMARY KEY,
	path TEXT NOT NULL UNIQUE,		-- as on the command line
	name TEXT NOT NULL,			-- first word of its forensic paths
	kind TEXT NOT NULL CHECK (kind IN ('image', 'device', 'tree')),
	format TEXT,				-- raw ewf vmdk ... directory
	size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
	sha256 BLOB CHECK (length(sha256) = 32),	-- of all bytes, made while they were read
	unreadable_bytes INTEGER CHECK (unreadable_bytes >= 0),	-- met while it was hashed
	sha256_after BLOB CHECK (length(sha256_after) = 32),	-- made anew after the examination
	model TEXT,				-- of a device
	serial TEXT,
	firmware TEXT,
	logical_sector_bytes INTEGER,
	physical_sector_bytes INTEGER,
	note TEXT,
	state TEXT NOT NULL DEFAULT 'walking'
	    CHECK (state IN ('walking', 'examining', 'complete', 'incomplete')),
	started INTEGER NOT NULL,
	finished INTEGER			-- last time the state became complete or incomplete
) STRICT;

CREATE TABLE volume (				-- a partition or file system on a source
	id INTEGER PRIMARY KEY,
	source_id INTEGER NOT NULL REFERENCES source (id),
	number INTEGER NOT NULL,		-- order of the walk
	start_byte INTEGER NOT NULL CHECK (start_byte >= 0),	-- on the source
	length_bytes INTEGER NOT NULL CHECK (length_bytes >= 0),
	slot TEXT NOT NULL,			-- p1 p2 ...; empty when the source has no partitions
	filesystem TEXT NOT NULL,		-- ntfs fat16 ...; empty when none was recognised
	state TEXT NOT NULL CHECK (state IN ('current', 'lost')),	-- lost: found from remnants
	label TEXT,
	description TEXT,			-- words of the partition table
	block_bytes INTEGER NOT NULL,
	outer_id INTEGER REFERENCES volume (id),	-- of a disk inside a file: the volume of that file
	outer_path TEXT,			-- and its path there
	UNIQUE (source_id, number)
) STRICT;

CREATE TABLE unit (				-- what a worker is given at once
	id INTEGER PRIMARY KEY CHECK (id > 0),
	source_id INTEGER NOT NULL REFERENCES source (id),
	is_done INTEGER NOT NULL CHECK (is_done IN (0, 1)),
	first_offset INTEGER NOT NULL		-- of its first extent: the queue's order
) STRICT;

CREATE TABLE media_type (			-- content types, named once
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE item (				-- something with bytes of its own
	id INTEGER PRIMARY KEY CHECK (id > 0),	-- unit << 20 | member
	source_id INTEGER NOT NULL REFERENCES source (id),
	volume_id INTEGER REFERENCES volume (id),
	parent_member INTEGER,			-- of a member: its container's member number, same unit
	path TEXT NOT NULL,			-- within the volume; members: container//name
	name TEXT NOT NULL,			-- last component
	kind TEXT NOT NULL CHECK (kind = 'file' OR kind = 'directory' OR kind = 'symlink' OR
	    kind = 'special' OR kind = 'stream' OR kind = 'metadata' OR kind = 'space' OR
	    kind = 'member'),
	in_space INTEGER NOT NULL CHECK (in_space IN (0, 1)),	-- the unit is unclaimed space
	state TEXT NOT NULL CHECK (state = 'allocated' OR state = 'deleted' OR state = 'lost' OR
	    state = 'carved' OR state = 'residue' OR state = 'member'),
	walk_recoverability TEXT CHECK (walk_recoverability = 'intact' OR	-- as far as the file
	    walk_recoverability = 'partial' OR walk_recoverability = 'text-only' OR	-- system tells
	    walk_recoverability = 'metadata-only'),
	size_bytes INTEGER CHECK (size_bytes >= 0),	-- NULL: a member that does not say
	created INTEGER,
	modified INTEGER,
	changed INTEGER,			-- of the metadata
	accessed INTEGER,
	inode INTEGER NOT NULL,			-- the 64 bits as a signed number
	mode INTEGER NOT NULL,			-- st_mode
	uid INTEGER NOT NULL,
	gid INTEGER NOT NULL,
	link_count INTEGER NOT NULL,
	overwritten_bytes INTEGER NOT NULL,	-- of a deleted item: now others' bytes
	content_how INTEGER NOT NULL,		-- enum rmn_content_how
	attribute_type INTEGER NOT NULL,	-- of a stream, for content_how 2
	attribute_id INTEGER NOT NULL,
	first_offset INTEGER,			-- of the first extent on the source
	grade TEXT CHECK (grade = 'A' OR grade = 'B' OR grade = 'C' OR	-- of what was recovered
	    grade = 'D' OR grade = 'E'),
	name_source TEXT CHECK (name_source = 'catalogue' OR	-- where a recovered item's name and
	    name_source = 'record' OR name_source = 'deleted-record' OR	-- dates come from
	    name_source = 'stale-record' OR name_source = 'index' OR name_source = 'none'),
	-- What the examination gave; all NULL before it.
	sha256 BLOB CHECK (length(sha256) = 32),
	media_type_id INTEGER REFERENCES media_type (id),
	format TEXT,				-- name in the format table
	status TEXT CHECK (status = 'complete' OR status = 'partial' OR status = 'encrypted' OR
	    status = 'unsupported' OR status = 'failed' OR status = 'skipped'),
	status_reason TEXT,
	recoverability TEXT CHECK (recoverability = 'intact' OR recoverability = 'partial' OR
	    recoverability = 'text-only' OR	-- as far as the content tells
	    recoverability = 'metadata-only'),
	text_bytes INTEGER
) STRICT;

CREATE TABLE extent (				-- where an item's bytes lie on the source
	item_id INTEGER NOT NULL,
	number INTEGER NOT NULL,		-- 0.. in the item's own order
	image_offset INTEGER,			-- NULL: a hole
	length_bytes INTEGER NOT NULL CHECK (length_bytes >= 0),
	kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),	-- content, unallocated, slack, gap
	owner INTEGER NOT NULL,			-- of slack: the inode it follows
	PRIMARY KEY (item_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE named_thing (			-- a file that an item speaks of: a shortcut's target ...
	item_id INTEGER NOT NULL,		-- which speaks of it
	number INTEGER NOT NULL,		-- 0.. in the unit
	name TEXT NOT NULL,			-- last component
	path TEXT NOT NULL,			-- as told
	size_bytes INTEGER,			-- NULL: not told
	created INTEGER,
	modified INTEGER,
	PRIMARY KEY (item_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE document (				-- an item that is a document somebody made
	item_id INTEGER PRIMARY KEY,
	format TEXT,
	doc_type TEXT,				-- contract invoice ... other
	type_score INTEGER NOT NULL CHECK (type_score BETWEEN 0 AND 100),
	is_business INTEGER NOT NULL CHECK (is_business IN (0, 1)),
	title TEXT,				-- this and the next seven: from inside the document
	author TEXT,
	last_author TEXT,
	company TEXT,
	application TEXT,
	created INTEGER,
	modified INTEGER,
	language TEXT,
	marking TEXT NOT NULL,			-- id of the level; empty: not marked
	marking_level INTEGER NOT NULL CHECK (marking_level BETWEEN 0 AND 4),
	marking_text TEXT,			-- as written
	text_bytes INTEGER NOT NULL
) STRICT;

CREATE TABLE rule (				-- detectors as they were when the case was scanned
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,			-- stable id of the rule
	title_en TEXT NOT NULL,
	title_ja TEXT NOT NULL,
	category TEXT NOT NULL,
	severity INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 5),
	UNIQUE (name, title_en, title_ja, category, severity)
) STRICT;

CREATE TABLE encoding (				-- encodings, named once
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE finding (				-- one value that a rule recognised at one place
	id INTEGER PRIMARY KEY CHECK (id > 0),	-- unit << 24 | n
	member INTEGER NOT NULL,		-- the item is (id >> 24) << 20 | member
	rule_id INTEGER NOT NULL REFERENCES rule (id),
	severity INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 5),
	score INTEGER NOT NULL CHECK (score BETWEEN 0 AND 100),
	encoding_id INTEGER NOT NULL REFERENCES encoding (id),
	reasons INTEGER NOT NULL,		-- bits of enum rmn_reason
	byte_offset INTEGER NOT NULL,		-- in the item, or in its extracted text
	length_bytes INTEGER NOT NULL,
	in_text INTEGER NOT NULL CHECK (in_text IN (0, 1)),
	part TEXT,				-- sheet, page ... where the text stands
	masked TEXT NOT NULL,			-- safe to show
	context TEXT,				-- masked surroundings
	value TEXT,				-- clear; NULL unless the case keeps values
	value_hash BLOB NOT NULL CHECK (length(value_hash) = 16)	-- BLAKE2b under value_key
) STRICT;

CREATE TABLE unexamined (			-- what was not looked at, or not to the end, and why
	id INTEGER PRIMARY KEY,
	unit INTEGER NOT NULL,			-- 0: not of one unit
	item_id INTEGER,
	source_id INTEGER NOT NULL REFERENCES source (id),
	volume_id INTEGER REFERENCES volume (id),
	stage TEXT NOT NULL,			-- walk read unpack format pdf detect sandbox limit ...
	reason TEXT NOT NULL			-- one sentence
) STRICT;
CREATE INDEX unexamined_by_unit ON unexamined (unit);

CREATE TABLE coverage (				-- the ledger: bytes of a source by class
	source_id INTEGER NOT NULL REFERENCES source (id),
	unit INTEGER NOT NULL,			-- 0: from the walk
	class TEXT NOT NULL CHECK (class IN ('metadata', 'content', 'carved', 'residue', 'zero',
	    'constant', 'high-entropy', 'unreadable', 'unexamined')),
	bytes INTEGER NOT NULL CHECK (bytes >= 0),
	PRIMARY KEY (source_id, unit, class)
) STRICT, WITHOUT ROWID;

-- Filled by later versions: people, organisations, ways the data took.
CREATE TABLE person (				-- somebody the evidence mentions
	id INTEGER PRIMARY KEY,
	certainty TEXT NOT NULL CHECK (certainty IN ('distinct', 'possible')),
	company TEXT,
	department TEXT,
	name TEXT,
	name_kind TEXT CHECK (name_kind IN ('full', 'surname')),
	email TEXT,
	phone TEXT,
	mention_count INTEGER NOT NULL,
	document_count INTEGER NOT NULL
) STRICT;

CREATE TABLE organisation (			-- a company the evidence mentions
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	role TEXT NOT NULL CHECK (role IN ('own', 'client', 'other', 'unknown')),
	document_count INTEGER NOT NULL,
	person_count INTEGER NOT NULL
) STRICT;

CREATE TABLE provenance (			-- how data came here
	id INTEGER PRIMARY KEY,
	channel TEXT NOT NULL,			-- dropbox time-machine ...
	item_id INTEGER,
	evidence TEXT NOT NULL,
	confidence TEXT NOT NULL CHECK (confidence IN ('confirmed', 'probable', 'possible'))
) STRICT;
