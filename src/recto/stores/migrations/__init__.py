"""The history of the tables, run by Alembic whenever a database is opened."""
