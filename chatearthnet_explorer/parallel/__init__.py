"""Parallel work: a Dask cluster, worker programs, and a process pool for a server."""
