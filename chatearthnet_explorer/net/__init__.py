"""The web: requests, redirects, proxies, rate limits, byte ranges, remote ZIPs and JSON read with limits."""
