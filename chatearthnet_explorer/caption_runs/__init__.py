"""Many captions at once: requests to a captioner, side by side or as a batch, into one file of captions."""
