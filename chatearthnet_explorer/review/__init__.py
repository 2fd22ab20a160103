"""Review of pairs: automatic checks, audits, spot-checks and the verdicts of reviewers."""
