"""Plugs that keep: records, jobs, blobs; one adapter file each."""
