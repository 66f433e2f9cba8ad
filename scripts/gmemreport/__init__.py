# SPDX-License-Identifier: GPL-2.0-only
"""What scripts/report.py is made of."""
