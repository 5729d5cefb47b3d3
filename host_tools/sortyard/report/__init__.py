"""The report of a run: one self-contained HTML file, readable on a phone, in print, and without JavaScript.

from sortyard.report.page import write_report
write_report(Path("report.html"), data)          # data: sortyard.report.model.ReportData
"""
