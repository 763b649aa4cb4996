"""The tables of the first schema, as SQL. Later changes are migrations; this text never changes again.

Times are ISO 8601 text with Z, open-ended values are JSON text, unknown is NULL.
"""

from __future__ import annotations

VERSION_1: tuple[str, ...] = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE servers (
        name TEXT PRIMARY KEY,
        host TEXT NOT NULL,
        port INTEGER,
        user TEXT,
        identity TEXT,
        jump TEXT REFERENCES servers (name),
        ssh_alias TEXT,
        ssh_config TEXT,
        role TEXT NOT NULL,
        labels TEXT NOT NULL DEFAULT '{}',
        python TEXT,
        cost_per_hour REAL,
        simulated TEXT,
        drained TEXT,
        added TEXT NOT NULL,
        extra TEXT NOT NULL DEFAULT '{}'
    ) STRICT""",
    """CREATE TABLE series (
        id INTEGER PRIMARY KEY,
        server TEXT NOT NULL,
        accelerator TEXT NOT NULL DEFAULT '',
        metric TEXT NOT NULL,
        UNIQUE (server, accelerator, metric)
    ) STRICT""",
    # width: seconds of the bucket (10, 60, 600); start: epoch seconds, a multiple of the width.
    """CREATE TABLE samples (
        series INTEGER NOT NULL REFERENCES series (id),
        width INTEGER NOT NULL,
        start INTEGER NOT NULL,
        low REAL NOT NULL,
        mean REAL NOT NULL,
        high REAL NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (series, width, start)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        server TEXT NOT NULL,
        name TEXT NOT NULL DEFAULT '',
        state TEXT NOT NULL,
        argv TEXT NOT NULL DEFAULT '[]',
        gpus INTEGER NOT NULL DEFAULT 0,
        accelerators TEXT NOT NULL DEFAULT '[]',
        submitted TEXT NOT NULL,
        submitted_by TEXT NOT NULL DEFAULT '',
        started TEXT,
        ended TEXT,
        exit_code INTEGER,
        signal INTEGER,
        reason TEXT,
        recipe TEXT,
        workdir TEXT,
        gpu_seconds REAL,
        energy_j REAL,
        peak_memory_bytes INTEGER,
        log_size INTEGER,
        tags TEXT NOT NULL DEFAULT '{}',
        seen TEXT,
        metrics_offset INTEGER NOT NULL DEFAULT 0,
        extra TEXT NOT NULL DEFAULT '{}'
    ) STRICT""",
    "CREATE INDEX jobs_by_submitted ON jobs (submitted)",
    "CREATE INDEX jobs_by_server ON jobs (server, state)",
    """CREATE TABLE job_metrics (
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        seq INTEGER NOT NULL,
        step REAL,
        time TEXT NOT NULL,
        value REAL NOT NULL,
        PRIMARY KEY (job, name, seq)
    ) STRICT, WITHOUT ROWID""",
    "CREATE TABLE models (name TEXT PRIMARY KEY, created TEXT NOT NULL) STRICT",
    """CREATE TABLE model_versions (
        name TEXT NOT NULL REFERENCES models (name),
        version INTEGER NOT NULL,
        format TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        file_name TEXT NOT NULL DEFAULT '',
        created TEXT NOT NULL,
        created_by TEXT NOT NULL DEFAULT '',
        metrics TEXT NOT NULL DEFAULT '{}',
        job TEXT,
        extra TEXT NOT NULL DEFAULT '{}',
        PRIMARY KEY (name, version)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE model_aliases (
        name TEXT NOT NULL,
        alias TEXT NOT NULL,
        version INTEGER NOT NULL,
        PRIMARY KEY (name, alias),
        FOREIGN KEY (name, version) REFERENCES model_versions (name, version)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE deployments (
        name TEXT PRIMARY KEY,
        server TEXT NOT NULL,
        model TEXT NOT NULL,
        runtime TEXT NOT NULL,
        protocol TEXT NOT NULL,
        state TEXT NOT NULL,
        endpoint TEXT NOT NULL DEFAULT '',
        port INTEGER,
        releases TEXT NOT NULL DEFAULT '[]',
        created TEXT NOT NULL,
        generation INTEGER NOT NULL DEFAULT 0,
        problem TEXT,
        seen TEXT,
        extra TEXT NOT NULL DEFAULT '{}'
    ) STRICT""",
    """CREATE TABLE operations (
        id TEXT PRIMARY KEY,
        plan TEXT NOT NULL,
        state TEXT NOT NULL,
        steps TEXT NOT NULL,
        started TEXT NOT NULL,
        ended TEXT,
        problem TEXT,
        account TEXT NOT NULL DEFAULT '',
        owner TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    "CREATE INDEX operations_by_started ON operations (started)",
    """CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        console TEXT NOT NULL,
        seq INTEGER NOT NULL,
        time TEXT NOT NULL,
        mono REAL NOT NULL,
        account TEXT NOT NULL,
        action TEXT NOT NULL,
        target TEXT NOT NULL,
        server TEXT NOT NULL,
        detail TEXT NOT NULL,
        outcome TEXT NOT NULL,
        changes INTEGER NOT NULL,
        operation_id TEXT NOT NULL,
        prev TEXT NOT NULL,
        hash TEXT NOT NULL,
        UNIQUE (console, seq)
    ) STRICT""",
    "CREATE INDEX audit_by_time ON audit (time)",
    "CREATE INDEX audit_by_act ON audit (operation_id, action, target, server)",
    # The last link of every chain, so that a cut-off tail is noticed.
    """CREATE TABLE audit_heads (
        console TEXT PRIMARY KEY,
        seq INTEGER NOT NULL,
        hash TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
        BEGIN SELECT RAISE (ABORT, 'audit entries are never changed'); END""",
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
        BEGIN SELECT RAISE (ABORT, 'audit entries are never deleted'); END""",
)

# What jobs measured: one row for each curve and file, its points packed in parts that are only added to until
# they are thinned. points: little-endian doubles, four a point: number, step, time, value; NaN for unknown.
# sources: how far every file was read, as its server told it. generation: counts the changes of all of it.
CURVES: tuple[str, ...] = (
    """CREATE TABLE job_metric_state (
        job TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
        generation INTEGER NOT NULL,
        sources TEXT NOT NULL,
        complete INTEGER NOT NULL,
        extra TEXT NOT NULL DEFAULT '{}'
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE job_curves (
        id INTEGER PRIMARY KEY,
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        source TEXT NOT NULL,
        name TEXT NOT NULL,
        seen INTEGER NOT NULL,
        kept INTEGER NOT NULL,
        UNIQUE (job, source, name)
    ) STRICT""",
    """CREATE TABLE job_curve_parts (
        curve INTEGER NOT NULL REFERENCES job_curves (id) ON DELETE CASCADE,
        part INTEGER NOT NULL,
        points BLOB NOT NULL,
        PRIMARY KEY (curve, part)
    ) STRICT, WITHOUT ROWID""",
)

# What servers are made of, and since when. part: '' for the machine, else an accelerator's UUID.
# until: NULL while it is so.
INVENTORY: tuple[str, ...] = (
    """CREATE TABLE inventory_facts (
        server TEXT NOT NULL,
        part TEXT NOT NULL,
        item TEXT NOT NULL,
        value TEXT NOT NULL,
        since TEXT NOT NULL,
        until TEXT,
        PRIMARY KEY (server, part, item, since)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE inventory_seen (server TEXT PRIMARY KEY, seen TEXT NOT NULL) STRICT, WITHOUT ROWID""",
)

# What the attempts of jobs used, for sums; the whole stands in the job's row. span_s: how long it ran, NULL
# while it runs; curve: JSON of how busy its accelerators were, NULL until somebody looked at it.
JOB_USAGE: tuple[str, ...] = (
    """CREATE TABLE job_usage (
        job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
        attempt INTEGER NOT NULL,
        ended TEXT,
        span_s REAL,
        leased INTEGER,
        server_gpus INTEGER,
        observed_s REAL NOT NULL,
        watched_s REAL NOT NULL,
        busy_s REAL NOT NULL,
        idle_s REAL NOT NULL,
        energy_j REAL,
        cpu_s REAL,
        memory_peak_bytes INTEGER,
        curve TEXT,
        PRIMARY KEY (job, attempt)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX job_usage_by_end ON job_usage (ended)",
)

# What a person adds to jobs here; tags: a value of null hides a tag that the job was submitted with.
# docid: grows with the time of submission, so that the index gives the newest first without sorting.
JOB_HISTORY: tuple[str, ...] = (
    """CREATE TABLE job_notes (
        job TEXT PRIMARY KEY,
        note TEXT NOT NULL DEFAULT '',
        tags TEXT NOT NULL DEFAULT '{}',
        changed TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE TABLE job_specs (job TEXT PRIMARY KEY, spec TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE job_docs (docid INTEGER PRIMARY KEY, job TEXT NOT NULL UNIQUE) STRICT",
    """CREATE VIRTUAL TABLE job_search USING fts5 (
        text, facets, tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3'
    )""",
)

# Samples of the servers' metrics, packed (console/store/blocks.py). samples_hot: what came lately, one row
# for each server and ten seconds, of all its series. samples_10, _60, _600: buckets of so many seconds, 360
# of one series in a row; id: (start / (360 * seconds)) << 28 | series, so that rows of one time lie together,
# are written at the end and forgotten at the beginning. sample_spans: which of those starts there are, and
# their size. seen: when a series last had a sample, to the hour.
SAMPLES: tuple[str, ...] = (
    "ALTER TABLE series ADD COLUMN seen INTEGER NOT NULL DEFAULT 0",
    """CREATE TABLE samples_hot (
        id INTEGER PRIMARY KEY,
        server TEXT NOT NULL,
        start INTEGER NOT NULL,
        data BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX samples_hot_by_server ON samples_hot (server, start)",
    "CREATE TABLE samples_10 (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT",
    "CREATE TABLE samples_60 (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT",
    "CREATE TABLE samples_600 (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT",
    """CREATE TABLE sample_spans (
        width INTEGER NOT NULL,
        span INTEGER NOT NULL,
        blocks INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        PRIMARY KEY (width, span)
    ) STRICT, WITHOUT ROWID""",
)
