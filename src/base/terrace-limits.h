/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Every bound of the program, in one place (the idea is SQLite's sqliteLimit.h). */

/* Bytes of one part while copying. Memory per running move is parts in flight times this. */
#define TERRACE_LIMIT_PART_BYTES (8 * 1024 * 1024)
#define TERRACE_LIMIT_PARTS_IN_FLIGHT 3
/* Where more parts in flight make a copy faster: so many, and so much memory of all copies. */
#define TERRACE_LIMIT_MOST_PARTS_IN_FLIGHT 8
#define TERRACE_LIMIT_PARTS_MEMORY_BYTES (96 * 1024 * 1024)
/* Most parts an upload may have (the smallest of what the clouds allow). */
#define TERRACE_LIMIT_PARTS 10000

/* Longest key in bytes, as S3, Azure and GCS have it. */
#define TERRACE_LIMIT_KEY_BYTES 1024
/* Size of a file that keys are taken from: AWS's has all of a person's profiles. */
#define TERRACE_LIMIT_KEY_FILE_BYTES (1024 * 1024)
/* Entries per page of a provider's listing. */
#define TERRACE_LIMIT_LIST_PAGE 1000
/* Unfinished uploads shown at once; past this no further page is asked for. */
#define TERRACE_LIMIT_ORPHANS 10000
/* Directory depth walked when a folder is registered or listed. */
#define TERRACE_LIMIT_DIRECTORY_DEPTH 128

/* Moves at work at once, in all and per location; a person may set fewer. */
#define TERRACE_LIMIT_ACTIVE_MOVES 16
#define TERRACE_DEFAULT_ACTIVE_MOVES 4
#define TERRACE_LIMIT_ACTIVE_MOVES_PER_LOCATION 8
/* Attempts of one move before a person is asked, and the waits between them. */
#define TERRACE_LIMIT_MOVE_ATTEMPTS 6
#define TERRACE_LIMIT_BACKOFF_MS 60000
#define TERRACE_DEFAULT_BACKOFF_MS 500
/* A place that asks to be left alone is believed up to this long. */
#define TERRACE_LIMIT_RETRY_AFTER_MS (15 * 60 * 1000)
/* Times of the day in a timetable of bandwidth limits. */
#define TERRACE_LIMIT_TIMETABLE_ENTRIES 48
/* A claim on a move that is not renewed for this long may be taken over by another process. */
#define TERRACE_LIMIT_LEASE_MS 15000
#define TERRACE_LIMIT_LEASE_RENEW_MS 4000

/* How long a location may take to say how it is before it counts as unreachable. */
#define TERRACE_LIMIT_PROBE_MS 10000

/* Jobs that wait for a worker thread. */
#define TERRACE_LIMIT_WORKER_QUEUE 65536
/* Threads that hash and do local file I/O. */
#define TERRACE_LIMIT_IO_THREADS 4

/* Rows of a page in a list model, and pages kept. */
#define TERRACE_LIMIT_LIST_MODEL_PAGE 128
#define TERRACE_LIMIT_LIST_MODEL_PAGES 64
/* Items registered or planned in one catalogue transaction. */
#define TERRACE_LIMIT_BATCH_ITEMS 1000
/* Items inserted in one while a large import goes on. */
#define TERRACE_LIMIT_IMPORT_BATCH_ITEMS 10000
/* Rows kept in the event table, and accesses kept singly per item. */
#define TERRACE_LIMIT_EVENTS 200000
#define TERRACE_LIMIT_RECENT_ACCESSES 16
/* Writes that are committed in one transaction when they wait together. */
#define TERRACE_LIMIT_WRITES_TOGETHER 64
/* How long a writer waits for another process before it says the catalogue is locked. */
#define TERRACE_LIMIT_CATALOG_BUSY_MS 5000

/* Size of a price sheet file, and classes in one. */
#define TERRACE_LIMIT_PRICE_SHEET_BYTES (4 * 1024 * 1024)
#define TERRACE_LIMIT_CLASSES 256
/* Candidate classes considered for one item. */
#define TERRACE_LIMIT_CANDIDATES 64

/* Rows of an access history that is replayed, and objects times weeks that a model is asked about;
 * beyond the second only the rules are compared. */
#define TERRACE_LIMIT_HISTORY_ROWS 50000000
#define TERRACE_LIMIT_ADVICE_ROWS 4000000

/* Streams: events of one batch, and of one source that are delivered and not yet committed. */
#define TERRACE_LIMIT_STREAM_BATCH_EVENTS 4096
#define TERRACE_LIMIT_STREAM_IN_FLIGHT_EVENTS 131072
#define TERRACE_LIMIT_STREAM_SOURCES 16
/* Longest message taken for an event, deepest nesting in it, events in one. */
#define TERRACE_LIMIT_STREAM_MESSAGE_BYTES (256 * 1024)
#define TERRACE_LIMIT_STREAM_DEPTH 32
#define TERRACE_LIMIT_STREAM_EVENTS_PER_MESSAGE 1000
/* Of a message that could not be read, and of such messages per batch, what is kept to look at. */
#define TERRACE_LIMIT_BAD_MESSAGE_BYTES 1024
#define TERRACE_LIMIT_BAD_MESSAGES_PER_BATCH 8
/* Most events a second the simulator makes. */
#define TERRACE_LIMIT_SIMULATOR_RATE 200000
/* Places remembered with the object that lies there. */
#define TERRACE_LIMIT_STREAM_PLACES (1 << 20)
/* How late an event may be to count in the windows; how early it may be before the clock of the
 * sender is not believed. */
#define TERRACE_LIMIT_STREAM_LATE_US (G_GINT64_CONSTANT (300) * 1000000)
/* Rows of the live log, and how many are added a second at most. */
#define TERRACE_LIMIT_STREAM_LOG_ROWS 5000
#define TERRACE_LIMIT_STREAM_LOG_ROWS_PER_SECOND 500
/* Folders watched at once for changes; a tree with more is scanned instead. */
#define TERRACE_LIMIT_WATCHES 2000

/* Coalesced accesses of streams that wait to be merged before whoever appends merges first, and how
 * long they wait otherwise; items whose accesses are folded in one transaction. */
#define TERRACE_LIMIT_STREAM_PENDING 4000000
#define TERRACE_DEFAULT_STREAM_MERGE_MS 60000
#define TERRACE_LIMIT_STREAM_MERGE_ITEMS 4096
/* Ids of events that are kept across restarts, to know an event again. */
#define TERRACE_LIMIT_STREAM_EVENT_IDS (1 << 20)
/* Minutes of counters of a source, and the past of the events themselves: bytes and age. */
#define TERRACE_LIMIT_STREAM_MINUTES (7 * 24 * 60)
#define TERRACE_LIMIT_STREAM_BLOCK_BYTES (64 * 1024 * 1024)
#define TERRACE_LIMIT_STREAM_BLOCK_AGE_US (G_GINT64_CONSTANT (3600) * 1000000)
/* Alerts that are over and models of a kind that are kept. */
#define TERRACE_LIMIT_ALERTS 10000
#define TERRACE_LIMIT_MODELS 50
/* After so many days the accesses of a day become part of a week's, then of a month's. */
#define TERRACE_LIMIT_ACCESS_DAYS 60
#define TERRACE_LIMIT_ACCESS_WEEKS_DAYS 400
/* Messages that nobody could read, kept to look at. */
#define TERRACE_LIMIT_DEAD_LETTERS 500

/* The API: a request's body, objects named in one, rows of one answer, and listeners. */
#define TERRACE_LIMIT_API_BODY_BYTES (4 * 1024 * 1024)
#define TERRACE_LIMIT_API_IDS 10000
#define TERRACE_LIMIT_API_ROWS 1000
#define TERRACE_LIMIT_API_LISTENERS 32
