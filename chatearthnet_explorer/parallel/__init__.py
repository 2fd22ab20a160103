"""Work shared by several processes: a Dask cluster, plain programs, and a pool for a server."""
