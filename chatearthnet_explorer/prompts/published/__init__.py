"""Read the wording of the authors' published scripts, which are parsed and never run."""
