"""The tables of the store, one tuple of statements per version; never change a past one."""

from __future__ import annotations

APPLICATION_ID = 0x4C45554B  # "LEUK"

_TABLES = (
    # Who has the store open: an entry left by a dead process means an unclean close.
    """CREATE TABLE openings (
        id INTEGER PRIMARY KEY, pid INTEGER NOT NULL, started REAL NOT NULL,
        host TEXT NOT NULL, program TEXT NOT NULL, since TEXT NOT NULL)""",
    # One entry per action, each bound to the one before it by its hash.
    """CREATE TABLE audit (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, software TEXT NOT NULL,
        kind TEXT NOT NULL, body TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL)""",
    """CREATE TABLE cases (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, root TEXT NOT NULL UNIQUE,
        profile TEXT NOT NULL, created TEXT NOT NULL)""",
    """CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        case_id INTEGER NOT NULL REFERENCES cases(id),
        model TEXT NOT NULL, model_sha256 TEXT NOT NULL, precision TEXT NOT NULL,
        device TEXT NOT NULL, settings TEXT NOT NULL, software TEXT NOT NULL,
        images INTEGER NOT NULL, state TEXT NOT NULL, started TEXT NOT NULL, finished TEXT)""",
    "CREATE INDEX runs_of_case ON runs(case_id)",
    # `entry` is the row's number in the audit trail. It is no foreign key, because the trail
    # is written after the rows and SQLite would then read all rows at each entry; the
    # check of the audit trail reads it instead.
    # The long columns come last: what precedes them is read without following them.
    """CREATE TABLE predictions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        entry INTEGER NOT NULL,
        run_id INTEGER NOT NULL REFERENCES runs(id),
        image TEXT NOT NULL, sha256 TEXT NOT NULL, model TEXT NOT NULL,
        precision TEXT NOT NULL, software TEXT NOT NULL, time TEXT NOT NULL,
        decision TEXT NOT NULL, label TEXT NOT NULL, probability REAL NOT NULL,
        distance REAL, reason TEXT NOT NULL, looks_like TEXT NOT NULL, cell TEXT NOT NULL,
        window TEXT NOT NULL, plane INTEGER NOT NULL, error TEXT NOT NULL, notes TEXT NOT NULL,
        heat_shape TEXT NOT NULL, probabilities BLOB NOT NULL, heat BLOB NOT NULL,
        UNIQUE (run_id, image))""",
    """CREATE TABLE reviews (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        entry INTEGER NOT NULL,
        case_id INTEGER NOT NULL REFERENCES cases(id),
        image TEXT NOT NULL, sha256 TEXT NOT NULL, label TEXT NOT NULL,
        reviewer TEXT NOT NULL, note TEXT NOT NULL,
        model TEXT NOT NULL, precision TEXT NOT NULL,
        software TEXT NOT NULL, time TEXT NOT NULL)""",
    "CREATE INDEX reviews_of_image ON reviews(case_id, image)",
    "CREATE INDEX reviews_of_entry ON reviews(case_id, entry)",
    # An undo or redo of all reviews of one entry.
    """CREATE TABLE undos (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        entry INTEGER NOT NULL,
        case_id INTEGER NOT NULL REFERENCES cases(id),
        kind TEXT NOT NULL CHECK (kind IN ('undo', 'redo')),
        target INTEGER NOT NULL REFERENCES audit(seq),
        software TEXT NOT NULL, time TEXT NOT NULL)""",
    "CREATE INDEX undos_of_target ON undos(target, id)",
    "CREATE INDEX undos_of_case ON undos(case_id, id)",
)


def _append_only_triggers(*tables: str) -> dict[str, str]:
    """Return triggers for tables whose rows are never changed; name -> SQL."""
    return {
        f"{table}_no_{verb.lower()}": f"CREATE TRIGGER {table}_no_{verb.lower()} "
        f"BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for table in tables
        for verb in ("UPDATE", "DELETE")
    }


_TRIGGERS_BY_VERSION = (
    _append_only_triggers("audit", "predictions", "reviews", "undos"),
    _append_only_triggers("features"),
    _append_only_triggers("cells", "fields"),
    _append_only_triggers("details", "sign_offs", "readings"),
)

VERSION_1: tuple[str, ...] = (
    f"PRAGMA application_id = {APPLICATION_ID}",
    *_TABLES,
    *_TRIGGERS_BY_VERSION[0].values(),
)
VERSION_2: tuple[str, ...] = (
    # Holds the row's number as well: predictions of a run after a row are found at once.
    "CREATE INDEX predictions_of_run ON predictions(run_id)",
    # Pooled features of the prediction of the same number: float16, little-endian. In a
    # table of their own, so that reading predictions does not carry them along.
    """CREATE TABLE features (
        id INTEGER PRIMARY KEY REFERENCES predictions(id),
        entry INTEGER NOT NULL, pooled BLOB NOT NULL)""",
    *_TRIGGERS_BY_VERSION[1].values(),
)

_PREDICTION_COLUMNS = (
    "id, entry, run_id, image, sha256, model, precision, software, time, decision, label, "
    "probability, distance, reason, looks_like, cell, window, plane, error, notes, heat_shape, "
    "probabilities, heat"
)
# Cells of fields. The table of predictions is made anew, because a table's UNIQUE cannot be
# changed; its rows keep their numbers, by which features refer to them.
VERSION_3: tuple[str, ...] = (
    "ALTER TABLE cases ADD COLUMN content TEXT NOT NULL DEFAULT 'as_found'",
    "ALTER TABLE reviews ADD COLUMN number INTEGER NOT NULL DEFAULT 0",
    "DROP INDEX reviews_of_image",
    "CREATE INDEX reviews_of_cell ON reviews(case_id, image, number)",
    """CREATE TABLE predictions_of_cells (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        entry INTEGER NOT NULL,
        run_id INTEGER NOT NULL REFERENCES runs(id),
        image TEXT NOT NULL, sha256 TEXT NOT NULL, model TEXT NOT NULL,
        precision TEXT NOT NULL, software TEXT NOT NULL, time TEXT NOT NULL,
        decision TEXT NOT NULL, label TEXT NOT NULL, probability REAL NOT NULL,
        distance REAL, reason TEXT NOT NULL, looks_like TEXT NOT NULL, cell TEXT NOT NULL,
        window TEXT NOT NULL, plane INTEGER NOT NULL, error TEXT NOT NULL, notes TEXT NOT NULL,
        heat_shape TEXT NOT NULL,
        number INTEGER NOT NULL DEFAULT 0, box TEXT NOT NULL DEFAULT '[]',
        outline BLOB NOT NULL DEFAULT x'', origin TEXT NOT NULL DEFAULT 'alone',
        at_edge INTEGER NOT NULL DEFAULT 0,
        probabilities BLOB NOT NULL, heat BLOB NOT NULL,
        UNIQUE (run_id, image, number))""",
    f"INSERT INTO predictions_of_cells ({_PREDICTION_COLUMNS}) "  # noqa: S608
    f"SELECT {_PREDICTION_COLUMNS} FROM predictions",
    "DROP TABLE predictions",
    "ALTER TABLE predictions_of_cells RENAME TO predictions",
    "CREATE INDEX predictions_of_run ON predictions(run_id)",
    *_append_only_triggers("predictions").values(),
    # The cells of fields: of the rows of one number the newest that was not undone counts.
    # A state is "present", "removed" by a person, or "lost": not found again.
    """CREATE TABLE cells (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        entry INTEGER NOT NULL,
        case_id INTEGER NOT NULL REFERENCES cases(id),
        image TEXT NOT NULL, sha256 TEXT NOT NULL, number INTEGER NOT NULL,
        box TEXT NOT NULL, outline BLOB NOT NULL, origin TEXT NOT NULL,
        at_edge INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('present', 'removed', 'lost')),
        reviewer TEXT NOT NULL, software TEXT NOT NULL, time TEXT NOT NULL)""",
    "CREATE INDEX cells_of_image ON cells(case_id, image, number, id)",
    "CREATE INDEX cells_of_entry ON cells(case_id, entry)",
    # The fields that a run has searched, those without a cell included.
    """CREATE TABLE fields (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        entry INTEGER NOT NULL,
        run_id INTEGER NOT NULL REFERENCES runs(id),
        image TEXT NOT NULL, sha256 TEXT NOT NULL, cells INTEGER NOT NULL,
        width INTEGER NOT NULL, height INTEGER NOT NULL, notes TEXT NOT NULL,
        UNIQUE (run_id, image))""",
    *_TRIGGERS_BY_VERSION[2].values(),
)

# What a lab keeps of a case, and how it was closed.
VERSION_4: tuple[str, ...] = (
    # Sample, stain, reader and so on, as JSON: of the rows of a case the newest counts.
    """CREATE TABLE details (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        entry INTEGER NOT NULL,
        case_id INTEGER NOT NULL REFERENCES cases(id),
        details TEXT NOT NULL, reviewer TEXT NOT NULL,
        software TEXT NOT NULL, time TEXT NOT NULL)""",
    "CREATE INDEX details_of_case ON details(case_id, id)",
    # A case whose newest row is "signed" takes no more writing. `trail_seq` and `trail_hash`
    # are the head of the audit trail just before: what was signed.
    """CREATE TABLE sign_offs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        entry INTEGER NOT NULL,
        case_id INTEGER NOT NULL REFERENCES cases(id),
        kind TEXT NOT NULL CHECK (kind IN ('signed', 'reopened')),
        reviewer TEXT NOT NULL, reason TEXT NOT NULL, requirement TEXT NOT NULL,
        reviewed INTEGER NOT NULL, accepted INTEGER NOT NULL, unknown INTEGER NOT NULL,
        pending INTEGER NOT NULL, failed INTEGER NOT NULL,
        trail_seq INTEGER NOT NULL, trail_hash TEXT NOT NULL,
        software TEXT NOT NULL, time TEXT NOT NULL)""",
    "CREATE INDEX sign_offs_of_case ON sign_offs(case_id, id)",
    # Labels of a reader who is not to see those of others: no verdict comes of them.
    """CREATE TABLE readings (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        entry INTEGER NOT NULL,
        case_id INTEGER NOT NULL REFERENCES cases(id),
        reader TEXT NOT NULL, series INTEGER NOT NULL,
        image TEXT NOT NULL, number INTEGER NOT NULL, sha256 TEXT NOT NULL, label TEXT NOT NULL,
        software TEXT NOT NULL, time TEXT NOT NULL)""",
    "CREATE INDEX readings_of_reader ON readings(case_id, reader, series, id)",
    # When a case was last open and where it was left: no act on the case, so not in the trail.
    """CREATE TABLE places (
        case_id INTEGER PRIMARY KEY REFERENCES cases(id),
        opened TEXT NOT NULL, place TEXT NOT NULL)""",
    *_TRIGGERS_BY_VERSION[3].values(),
)

# The step at index i brings a store from version i to version i + 1.
MIGRATIONS: tuple[tuple[str, ...], ...] = (VERSION_1, VERSION_2, VERSION_3, VERSION_4)


def triggers_of_version(version: int) -> dict[str, str]:
    """Return the triggers that a store of a version has; name -> SQL."""
    return {name: sql for added in _TRIGGERS_BY_VERSION[:version] for name, sql in added.items()}


_EMPTY_CELLS = (
    "SELECT 0 AS id, 0 AS entry, 0 AS case_id, '' AS image, '' AS sha256, 0 AS number, "
    "'[]' AS box, x'' AS outline, '' AS origin, 0 AS at_edge, '' AS state, '' AS reviewer, "
    "'' AS software, '' AS time WHERE 0"
)
_EMPTY_FIELDS = (
    "SELECT 0 AS id, 0 AS entry, 0 AS run_id, '' AS image, '' AS sha256, 0 AS cells, "
    "0 AS width, 0 AS height, '[]' AS notes WHERE 0"
)
_EMPTY_FEATURES = "SELECT 0 AS id, 0 AS entry, x'' AS pooled WHERE 0"
_EMPTY_DETAILS = (
    "SELECT 0 AS id, 0 AS entry, 0 AS case_id, '{}' AS details, '' AS reviewer, '' AS software, "
    "'' AS time WHERE 0"
)
_EMPTY_SIGN_OFFS = (
    "SELECT 0 AS id, 0 AS entry, 0 AS case_id, '' AS kind, '' AS reviewer, '' AS reason, "
    "'' AS requirement, 0 AS reviewed, 0 AS accepted, 0 AS unknown, 0 AS pending, 0 AS failed, "
    "0 AS trail_seq, '' AS trail_hash, '' AS software, '' AS time WHERE 0"
)
_EMPTY_READINGS = (
    "SELECT 0 AS id, 0 AS entry, 0 AS case_id, '' AS reader, 0 AS series, '' AS image, "
    "0 AS number, '' AS sha256, '' AS label, '' AS software, '' AS time WHERE 0"
)
_EMPTY_PLACES = "SELECT 0 AS case_id, '' AS opened, '{}' AS place WHERE 0"
_PREDICTIONS_OF_IMAGES = (
    "SELECT *, 0 AS number, '[]' AS box, x'' AS outline, 'alone' AS origin, 0 AS at_edge "
    "FROM main.predictions"
)

# What a store lacks that a version brought, as it would look there: name -> query.
_VIEWS_BEFORE_VERSION: dict[int, dict[str, str]] = {
    2: {"features": _EMPTY_FEATURES},
    3: {
        "cells": _EMPTY_CELLS,
        "fields": _EMPTY_FIELDS,
        "predictions": _PREDICTIONS_OF_IMAGES,
        "reviews": "SELECT *, 0 AS number FROM main.reviews",
        "cases": "SELECT *, 'as_found' AS content FROM main.cases",
    },
    4: {
        "details": _EMPTY_DETAILS,
        "sign_offs": _EMPTY_SIGN_OFFS,
        "readings": _EMPTY_READINGS,
        "places": _EMPTY_PLACES,
    },
}


def views_of_version(version: int) -> dict[str, str]:
    """Return the views that give an older store today's tables; name -> query."""
    return {
        name: query
        for first, views in _VIEWS_BEFORE_VERSION.items()
        if version < first
        for name, query in views.items()
    }
