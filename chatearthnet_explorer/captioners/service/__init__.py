"""A model's service: its address, requests, answers, refusals and quotas."""
