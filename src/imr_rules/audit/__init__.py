"""Predictions against decisions: does each determination follow its own findings, the guideline
in force, and its fellows? Findings, scores, noise, and a report of them.
"""
