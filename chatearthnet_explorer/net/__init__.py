"""Network access: HTTP requests, redirects, proxies, rate limits, byte ranges, remote ZIPs and limited JSON."""
