"""Addresses of account inventories below `/console/`."""

from django.urls import path

from accounts.inventory.views import console, results

urlpatterns = [
    path("inventory/", console.overview, name="inventory"),
    path("inventory/start/", console.start, name="inventory_start"),
    path("inventory/schedule/", console.schedule, name="inventory_schedule"),
    path("inventory/<uuid:review>/", console.review_detail, name="inventory_review"),
    path("inventory/<uuid:review>/decide/", console.review_decide, name="inventory_decide"),
    path("inventory/<uuid:review>/complete/", console.review_complete, name="inventory_complete"),
    path("inventory/<uuid:review>/abandon/", console.review_abandon, name="inventory_abandon"),
    path("inventory/<uuid:review>/remove/", results.carry_out_removals, name="inventory_removals"),
    path("inventory/<uuid:review>/<uuid:account>/", results.carry_out, name="inventory_carry_out"),
    path("inventory/<uuid:review>/report.csv", results.report_csv, name="inventory_csv"),
    path("inventory/<uuid:review>/report.pdf", results.report_pdf, name="inventory_pdf"),
]
