"""An identity provider: pysaml2's own `Server`, on loopback, for one company."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.utils import timezone
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

StartResponse = Callable[..., Any]
EMAIL, NAME = "urn:oid:0.9.2342.19200300.100.1.3", "urn:oid:2.16.840.1.113730.3.1.241"


@dataclass(frozen=True)
class KeyPair:
    """A private key with a certificate round its public half."""

    key: rsa.RSAPrivateKey
    pem: str

    @property
    def key_pem(self) -> str:
        """The private key as a file holds it."""
        formats = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
        return self.key.private_bytes(*formats, serialization.NoEncryption()).decode()


def new_pair(name: str, *, days: int = 365) -> KeyPair:
    """A fresh pair whose certificate ends in so many days."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return certified(key, name, days=days)


def certified(key: rsa.RSAPrivateKey, name: str, *, days: int) -> KeyPair:
    """That key in a certificate which ends in so many days, or ended so many days ago."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    end = timezone.now() + timedelta(days=days, hours=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - timedelta(days=3650))
        .not_valid_after(end)
        .sign(key, hashes.SHA256())
    )
    return KeyPair(key, certificate.public_bytes(serialization.Encoding.PEM).decode())


@dataclass
class IdentityProvider:
    """One company's identity provider. `person` is who is logged in there now."""

    base: str
    pair: KeyPair
    folder: Path
    person: str = "alice@acme.example"
    logged_out: list[str] = field(default_factory=list)

    @property
    def entity_id(self) -> str:
        """Its name in SAML."""
        return f"{self.base}/metadata"

    @property
    def sso_url(self) -> str:
        """Where people log in."""
        return f"{self.base}/sso"

    @property
    def slo_url(self) -> str:
        """Where people log out."""
        return f"{self.base}/slo"

    def _config(self, sp_metadata: str | None) -> IdPConfig:
        self.folder.mkdir(exist_ok=True)
        key, certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        key.write_text(self.pair.key_pem)
        certificate.write_text(self.pair.pem)
        endpoints = {
            "single_sign_on_service": [(self.sso_url, BINDING_HTTP_REDIRECT)],
            "single_logout_service": [(self.slo_url, BINDING_HTTP_REDIRECT)],
        }
        policy = {"default": {"name_form": "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"}}
        settings: dict[str, Any] = {
            "entityid": self.entity_id,
            "service": {"idp": {"endpoints": endpoints, "policy": policy}},
            "key_file": str(key),
            "cert_file": str(certificate),
        }
        if sp_metadata:
            settings["metadata"] = {"inline": [sp_metadata]}
        return IdPConfig().load(settings)

    def metadata(self) -> str:
        """What its administrator exports."""
        return str(entity_descriptor(self._config(None)))

    def serve(self, sp_metadata: str) -> Server:
        """The running thing, which trusts that service provider."""
        return Server(config=self._config(sp_metadata))

    def answer(
        self, server: Server, request_id: str, acs_url: str, sp_entity_id: str, *, sign: str = "response"
    ) -> str:
        """A response about the person; `sign` is none, response, assertion or both."""
        name_id = NameID(format=NAMEID_FORMAT_PERSISTENT, text=self.person)
        return str(
            server.create_authn_response(
                {"mail": [self.person], "displayName": [self.person.partition("@")[0].title()]},
                request_id,
                acs_url,
                sp_entity_id=sp_entity_id,
                name_id=name_id,
                authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"},
                sign_response=sign in {"response", "both"},
                sign_assertion=sign in {"assertion", "both"},
                sign_alg=SIG_RSA_SHA256,
                digest_alg=DIGEST_SHA256,
            )
        )

    @contextmanager
    def running(self, sp_metadata: Callable[[], str]) -> Iterator[None]:
        """Answer over HTTP for the length of the block; the metadata are read at the first request."""
        host, port = self.base.removeprefix("http://").split(":")
        httpd = make_server(host, int(port), _Application(self, sp_metadata), _Threaded, _Quiet)
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield
        httpd.shutdown()
        thread.join()
        httpd.server_close()


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named so by the standard library
        """Nothing."""


class _Application:
    """Logs in whoever comes, and out whoever leaves."""

    def __init__(self, provider: IdentityProvider, sp_metadata: Callable[[], str]) -> None:
        self.provider = provider
        self.sp_metadata = sp_metadata

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        query = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
        if environ["PATH_INFO"] not in {"/sso", "/slo"}:
            start_response("404 Not Found", [])
            return [b""]
        server = self.provider.serve(self.sp_metadata())
        signed = {"relay_state": query.get("RelayState"), "sigalg": query["SigAlg"], "signature": query["Signature"]}
        if environ["PATH_INFO"] == "/slo":
            request = server.parse_logout_request(query["SAMLRequest"], BINDING_HTTP_REDIRECT, **signed)
            self.provider.logged_out.append(request.message.name_id.text)
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"Goodbye"]
        request = server.parse_authn_request(query["SAMLRequest"], BINDING_HTTP_REDIRECT, **signed)
        message = request.message
        response = self.provider.answer(
            server, message.id, message.assertion_consumer_service_url, message.issuer.text, sign="both"
        )
        form = server.apply_binding(
            BINDING_HTTP_POST, response, message.assertion_consumer_service_url, query["RelayState"], response=True
        )
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [form["data"].encode()]
