"""A session's columns as Parquet or Arrow: one dense schema, written as a stream; no Qt."""
