"""Addresses of documents."""

from django.urls import path

from documents.views import browse, change, counterparties, transfer

app_name = "documents"

_FOLDER = "folders/<uuid:folder_id>/"
_FILE = "files/<uuid:document_id>/"
_PARTNER = "counterparties/<uuid:counterparty_id>/"

urlpatterns = [
    path("", browse.contents, name="list"),
    path("search/", browse.search, name="search"),
    path("upload/", transfer.upload, name="upload"),
    path("folders/new/", change.new_folder, name="new_folder"),
    path(_FOLDER, browse.contents, name="folder"),
    path(_FOLDER + "upload/", transfer.upload, name="upload"),
    path(_FOLDER + "new/", change.new_folder, name="new_folder"),
    path(_FOLDER + "rename/", change.rename_folder, name="rename_folder"),
    path(_FOLDER + "move/", change.move_folder, name="move_folder"),
    path(_FOLDER + "delete/", change.delete_folder, name="delete_folder"),
    path(_FILE, browse.document, name="document"),
    path(_FILE + "download/", transfer.download, name="download"),
    path(_FILE + "versions/<int:number>/download/", transfer.download, name="download_version"),
    path(_FILE + "rename/", change.rename_document, name="rename_document"),
    path(_FILE + "move/", change.move_document, name="move_document"),
    path(_FILE + "delete/", change.delete_document, name="delete_document"),
    path("counterparties/", counterparties.partners, name="counterparties"),
    path("counterparties/new/", counterparties.new_partner, name="new_counterparty"),
    path(_PARTNER, counterparties.partner, name="counterparty"),
    path(_PARTNER + "deactivate/", counterparties.deactivate, name="deactivate_counterparty"),
    path(_PARTNER + "reactivate/", counterparties.reactivate, name="reactivate_counterparty"),
]
