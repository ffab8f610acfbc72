"""The report: one HTML file that fetches nothing, prints in grey and fits a phone."""
