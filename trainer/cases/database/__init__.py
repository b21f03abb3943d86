"""The SQLite file of the store: opened, migrated, written in audited steps, backed up."""
