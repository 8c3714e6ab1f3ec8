-- SPDX-License-Identifier: MIT
--
-- The public interface of a case (docs/case.md).  Columns are added, never renamed or removed.

-- Where an item, a volume or a source can be found: the text that everything is cited by.
-- place_volume: disk.raw//p1@1048576(ntfs)    tree: name
-- and on a disk inside a file: disk.raw//p1@1048576(ntfs)/Mac.sparsebundle//p2@20480(hfsplus)
CREATE VIEW slot_volume AS
SELECT id AS volume_id, slot || '@' || start_byte ||
	CASE WHEN filesystem = '' AND state = 'current' THEN ''
		ELSE '(' || filesystem || CASE state WHEN 'lost' THEN ',lost' ELSE '' END || ')'
	END AS slot
FROM volume;

CREATE VIEW place_volume AS
SELECT v.id AS volume_id, v.source_id AS source_id,
	s.name || '//' || coalesce(o.slot || '/' || v.outer_path || '//', '') || m.slot AS place
FROM volume v JOIN source s ON s.id = v.source_id
	JOIN slot_volume m ON m.volume_id = v.id
	LEFT JOIN slot_volume o ON o.volume_id = v.outer_id;

CREATE VIEW place_item AS
SELECT i.id AS item_id,
	CASE WHEN i.volume_id IS NULL THEN s.name || '//'
		ELSE p.place || CASE i.in_space WHEN 1 THEN '//' ELSE '/' END
	END || i.path AS forensic_path
FROM item i JOIN source s ON s.id = i.source_id
	LEFT JOIN place_volume p ON p.volume_id = i.volume_id;

CREATE VIEW v_case AS
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', created / 1000000000, 'unixepoch') AS created,
	program_version, keep_values FROM case_info;

CREATE VIEW v_log AS
SELECT b.id AS id,
	strftime('%Y-%m-%dT%H:%M:%SZ', b.time / 1000000000, 'unixepoch') AS started,
	strftime('%Y-%m-%dT%H:%M:%SZ', e.time / 1000000000, 'unixepoch') AS ended,
	b.program AS program, b.version AS version,
	nullif(lower(hex(b.executable_sha256)), '') AS executable_sha256, b.argv AS argv,
	b.user AS user,
	b.host AS host, b.note AS note, e.result AS result, lower(hex(b.hash)) AS hash
FROM log b LEFT JOIN log e ON e.begin_id = b.id AND e.event = 'end'
WHERE b.event = 'begin';

CREATE VIEW v_source AS
SELECT id, path, name, kind, format, size_bytes, nullif(lower(hex(sha256)), '') AS sha256,
	unreadable_bytes, nullif(lower(hex(sha256_after)), '') AS sha256_after, model, serial, firmware,
	logical_sector_bytes, physical_sector_bytes, state AS status, note,
	strftime('%Y-%m-%dT%H:%M:%SZ', started / 1000000000, 'unixepoch') AS started,
	strftime('%Y-%m-%dT%H:%M:%SZ', finished / 1000000000, 'unixepoch') AS finished
FROM source;

CREATE VIEW v_volume AS
SELECT v.id AS id, v.source_id AS source_id, v.number AS number, v.slot AS slot,
	v.start_byte AS start_byte, v.length_bytes AS length_bytes,
	nullif(v.filesystem, '') AS filesystem, v.state AS state, v.label AS label,
	v.description AS description, v.block_bytes AS block_bytes, p.place AS forensic_path
FROM volume v JOIN place_volume p ON p.volume_id = v.id;

CREATE VIEW v_item AS
SELECT i.id AS id, i.source_id AS source_id, i.volume_id AS volume_id,
	CASE WHEN i.parent_member IS NULL THEN NULL
		ELSE ((i.id >> 20) << 20) | i.parent_member END AS parent_id,
	p.forensic_path AS forensic_path, i.path AS path, i.name AS name, i.kind AS kind,
	i.state AS state, coalesce(i.recoverability, i.walk_recoverability) AS recoverability,
	i.size_bytes AS size_bytes, nullif(lower(hex(i.sha256)), '') AS sha256,
	m.name AS media_type, i.format AS format,
	strftime('%Y-%m-%dT%H:%M:%SZ', (i.created - (i.created % 1000000000 + 1000000000)
		% 1000000000) / 1000000000, 'unixepoch') AS created,
	strftime('%Y-%m-%dT%H:%M:%SZ', (i.modified - (i.modified % 1000000000 + 1000000000)
		% 1000000000) / 1000000000, 'unixepoch') AS modified,
	strftime('%Y-%m-%dT%H:%M:%SZ', (i.changed - (i.changed % 1000000000 + 1000000000)
		% 1000000000) / 1000000000, 'unixepoch') AS changed,
	strftime('%Y-%m-%dT%H:%M:%SZ', (i.accessed - (i.accessed % 1000000000 + 1000000000)
		% 1000000000) / 1000000000, 'unixepoch') AS accessed,
	i.created AS created_ns, i.modified AS modified_ns, i.changed AS changed_ns,
	i.accessed AS accessed_ns, i.inode AS inode, i.mode AS mode, i.uid AS uid, i.gid AS gid,
	i.link_count AS link_count, i.overwritten_bytes AS overwritten_bytes,
	i.first_offset AS first_offset, i.text_bytes AS text_bytes,
	coalesce(i.status, CASE u.is_done WHEN 1 THEN 'complete' ELSE 'pending' END) AS status,
	i.status_reason AS status_reason, i.grade AS grade, i.name_source AS name_source
FROM item i JOIN place_item p ON p.item_id = i.id
	JOIN unit u ON u.id = i.id >> 20
	LEFT JOIN media_type m ON m.id = i.media_type_id;

CREATE VIEW v_extent AS
SELECT item_id, number, image_offset, length_bytes,
	CASE kind WHEN 0 THEN 'content' WHEN 1 THEN 'unallocated' WHEN 2 THEN 'slack'
		ELSE 'gap' END AS kind
FROM extent;

-- What a carved item may have been called; never more than a suggestion.
CREATE VIEW v_suggested_name AS
SELECT c.id AS item_id, o.name AS name, 'same-content' AS source, p.forensic_path AS evidence
FROM item c JOIN item o ON o.sha256 = c.sha256 AND o.state <> 'carved' AND o.kind <> 'space'
	JOIN place_item p ON p.item_id = o.id
WHERE c.state = 'carved'
UNION ALL
SELECT c.id, o.name, 'same-size', p.forensic_path
FROM item c JOIN item o ON o.size_bytes = c.size_bytes AND o.recoverability = 'metadata-only'
		AND o.source_id = c.source_id
		AND substr(lower(o.name), -4) = substr(lower(c.name), -4)
	JOIN place_item p ON p.item_id = o.id
WHERE c.state = 'carved'
UNION ALL
SELECT c.id, o.name, 'member-size', p.forensic_path
FROM item c JOIN item o ON o.size_bytes = c.size_bytes AND o.kind = 'member'
		AND o.source_id = c.source_id
		AND substr(lower(o.name), -4) = substr(lower(c.name), -4)
		AND (o.sha256 IS NULL OR o.recoverability <> 'intact' OR c.recoverability <> 'intact')
		AND o.sha256 IS NOT c.sha256
	JOIN place_item p ON p.item_id = o.id
WHERE c.state = 'carved' AND c.size_bytes > 0
UNION ALL
SELECT c.id, n.name, 'named-size', p.forensic_path
FROM item c JOIN named_thing n ON n.size_bytes = c.size_bytes
		AND substr(lower(n.name), -4) = substr(lower(c.name), -4)
	JOIN item e ON e.id = n.item_id AND e.source_id = c.source_id
	JOIN place_item p ON p.item_id = e.id
WHERE c.state = 'carved' AND c.size_bytes > 0
UNION ALL
-- The only carved item of a type, and the only name of that type that nothing else on the source has.
SELECT c.id, n.name, 'named-type', p.forensic_path
FROM (SELECT min(id) AS id, source_id, substr(lower(name), -4) AS ending
	FROM item WHERE state = 'carved' GROUP BY 2, 3 HAVING count(*) = 1) c
	JOIN (SELECT min(n.item_id) AS item_id, min(n.name) AS name, e.source_id AS source_id,
			substr(lower(n.name), -4) AS ending
		FROM named_thing n JOIN item e ON e.id = n.item_id
		WHERE n.size_bytes IS NULL
			AND n.name NOT IN (SELECT name FROM item WHERE kind IN ('file', 'member'))
		GROUP BY 3, 4 HAVING count(DISTINCT n.name) = 1) n
		ON n.source_id = c.source_id AND n.ending = c.ending
	JOIN place_item p ON p.item_id = n.item_id
UNION ALL
SELECT d.item_id, d.title, 'title', p.forensic_path
FROM document d JOIN item c ON c.id = d.item_id AND c.state = 'carved'
	JOIN place_item p ON p.item_id = c.id
WHERE d.title <> '';

-- Files that items speak of, wherever those are now.
CREATE VIEW v_named_thing AS
SELECT n.item_id AS item_id, i.format AS format, n.name AS name, n.path AS path,
	n.size_bytes AS size_bytes,
	strftime('%Y-%m-%dT%H:%M:%SZ', (n.created - (n.created % 1000000000 + 1000000000)
		% 1000000000) / 1000000000, 'unixepoch') AS created,
	strftime('%Y-%m-%dT%H:%M:%SZ', (n.modified - (n.modified % 1000000000 + 1000000000)
		% 1000000000) / 1000000000, 'unixepoch') AS modified,
	p.forensic_path AS evidence, i.source_id AS source_id
FROM named_thing n JOIN item i ON i.id = n.item_id JOIN place_item p ON p.item_id = n.item_id;

CREATE VIEW v_document AS
WITH content AS (
	SELECT min(d.item_id) AS item_id, count(*) AS item_count,
		max(CASE coalesce(i.recoverability, i.walk_recoverability) WHEN 'intact' THEN 4
			WHEN 'partial' THEN 3 WHEN 'text-only' THEN 2 WHEN 'metadata-only' THEN 1
			ELSE 0 END) AS best
	FROM document d JOIN item i ON i.id = d.item_id
	GROUP BY coalesce(i.sha256, i.id)
)
SELECT nullif(lower(hex(i.sha256)), '') AS sha256,
	c.item_count AS item_count, d.item_id AS item_id, i.source_id AS source_id,
	p.forensic_path AS forensic_path, i.path AS path, i.name AS name, d.format AS format,
	d.doc_type AS doc_type, d.type_score AS type_score, d.is_business AS business,
	d.title AS title, d.author AS author, d.last_author AS last_author, d.company AS company,
	d.application AS application,
	strftime('%Y-%m-%dT%H:%M:%SZ', (d.created - (d.created % 1000000000 + 1000000000)
		% 1000000000) / 1000000000, 'unixepoch') AS created,
	strftime('%Y-%m-%dT%H:%M:%SZ', (d.modified - (d.modified % 1000000000 + 1000000000)
		% 1000000000) / 1000000000, 'unixepoch') AS modified,
	strftime('%Y-%m-%dT%H:%M:%SZ', (i.modified - (i.modified % 1000000000 + 1000000000)
		% 1000000000) / 1000000000, 'unixepoch') AS file_modified,
	'unknown' AS owner_role, NULL AS owner_name,
	d.marking AS marking, d.marking_level AS marking_level, d.marking_text AS marking_text,
	CASE c.best WHEN 4 THEN 'intact' WHEN 3 THEN 'partial' WHEN 2 THEN 'text-only'
		WHEN 1 THEN 'metadata-only' END AS recoverability,
	i.state AS state, d.language AS language, d.text_bytes AS text_bytes,
	i.size_bytes AS size_bytes
FROM content c JOIN document d ON d.item_id = c.item_id
	JOIN item i ON i.id = c.item_id
	JOIN place_item p ON p.item_id = c.item_id;

CREATE VIEW v_rule AS
SELECT id, name AS rule, title_en, title_ja, category,
	CASE severity WHEN 5 THEN 'critical' WHEN 4 THEN 'high' WHEN 3 THEN 'medium'
		WHEN 2 THEN 'low' ELSE 'info' END AS severity
FROM rule;

CREATE VIEW v_finding AS
SELECT f.id AS id, f.rule_id AS rule_id, r.name AS rule, r.title_en AS title_en,
	r.title_ja AS title_ja, r.category AS category,
	CASE f.severity WHEN 5 THEN 'critical' WHEN 4 THEN 'high' WHEN 3 THEN 'medium'
		WHEN 2 THEN 'low' ELSE 'info' END AS severity,
	f.severity AS severity_level,
	CASE WHEN f.score >= 80 THEN 'confirmed' WHEN f.score >= 50 THEN 'probable'
		ELSE 'possible' END AS confidence,
	f.score AS score, f.masked AS masked, f.value AS value,
	lower(hex(f.value_hash)) AS value_hash, p.forensic_path AS forensic_path,
	((f.id >> 24) << 20) | f.member AS item_id, i.source_id AS source_id,
	f.byte_offset AS byte_offset, f.length_bytes AS length_bytes, f.in_text AS in_text,
	f.part AS part, e.name AS encoding, f.context AS context_masked,
	ltrim(iif(f.reasons & 1, ' pattern', '') || iif(f.reasons & 2, ' check-digit', '') ||
		iif(f.reasons & 4, ' label', '') || iif(f.reasons & 8, ' column-header', '') ||
		iif(f.reasons & 16, ' separators', '') || iif(f.reasons & 32, ' second-field', '') ||
		iif(f.reasons & 64, ' column-test', '') || iif(f.reasons & 128, ' structure', '') ||
		iif(f.reasons & 256, ' placeholder', '') || iif(f.reasons & 512, ' suppressed', ''))
		AS reasons
-- LEFT JOIN keeps the order of the tables and drops the ones that a query does not ask for.
FROM finding f LEFT JOIN rule r ON r.id = f.rule_id
	LEFT JOIN encoding e ON e.id = f.encoding_id
	LEFT JOIN item i ON i.id = (((f.id >> 24) << 20) | f.member)
	LEFT JOIN place_item p ON p.item_id = i.id;

-- Findings without their words and places: for choosing some of many.
CREATE VIEW v_finding_key AS
SELECT id, rule_id, severity AS severity_level, score, value_hash FROM finding;

-- How many findings there are of what; reports need no more than this for their figures.
CREATE VIEW v_finding_count AS
SELECT r.id AS rule_id, r.name AS rule, r.category AS category, r.title_en AS title_en,
	r.title_ja AS title_ja, f.severity_level AS severity_level, f.confidence AS confidence,
	f.findings AS findings
FROM (SELECT rule_id, severity_level,
		CASE WHEN score >= 80 THEN 'confirmed' WHEN score >= 50 THEN 'probable'
			ELSE 'possible' END AS confidence,
		sum(findings) AS findings
	-- First in the order of the index, which needs no sorting; then the few rows of that.
	FROM (SELECT rule_id, severity AS severity_level, score, count(*) AS findings
		FROM finding GROUP BY rule_id, severity, score)
	GROUP BY 1, 2, 3) f
	JOIN rule r ON r.id = f.rule_id;

CREATE VIEW v_item_finding_count AS
SELECT ((id >> 24) << 20) | member AS item_id, count(*) AS findings,
	max(severity) AS severity_level
FROM finding GROUP BY ((id >> 24) << 20) | member;

CREATE VIEW v_person AS SELECT * FROM person;
CREATE VIEW v_organisation AS SELECT * FROM organisation;

CREATE VIEW v_provenance AS
SELECT r.channel AS channel, p.forensic_path AS forensic_path, r.evidence AS evidence,
	r.confidence AS confidence
FROM provenance r LEFT JOIN place_item p ON p.item_id = r.item_id;

CREATE VIEW v_coverage AS
SELECT source_id, class, sum(bytes) AS bytes FROM coverage GROUP BY source_id, class;

CREATE VIEW v_unexamined AS
SELECT coalesce(p.forensic_path, v.place, s.name) AS forensic_path, x.stage AS stage,
	x.reason AS reason, x.item_id AS item_id, x.source_id AS source_id
FROM unexamined x JOIN source s ON s.id = x.source_id
	LEFT JOIN place_item p ON p.item_id = x.item_id
	LEFT JOIN place_volume v ON v.volume_id = x.volume_id;
