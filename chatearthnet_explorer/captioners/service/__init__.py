"""A model service: its address, requests, responses, errors and quotas."""
