"""The page as a document: its headers, its languages, and whose address it believes."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from local.faults import Fault
from shared.bootstrap.container import Container
from shared.credentials.delivery import address
from shared.credentials.pick_up_records import Opening, PickUpLink
from shared.credentials.pick_up_state import FileState
from shared.entrypoints import credentials_page
from shared.entrypoints.credentials_page import _origin
from shared.web import claim_pages as pages
from shared.web.language import moment, preferred
from shared.web.site import Site
from shared.web.texts import TEXTS
from tests.answers import Answer
from tests.system.delivery.stories import CLAIMED, PAGE, created, notices, visited
from tests.world import World

EVERYWHERE = {
    "Cache-Control": "no-store",
    "Content-Type": "text/html; charset=utf-8",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


class Document(HTMLParser):
    """The tags of a document with their attributes, and whether they are balanced."""

    VOID = ("meta", "path", "circle")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """It closes what was opened last."""
        assert self.open.pop() == tag


def every_page(world: World) -> list[Answer]:
    """Each page that there is."""
    link = created(world)
    answers = [visited(world, method, link) for method in ("GET", "HEAD", "POST", "POST", "GET", "PUT")]
    answers.append(visited(world, "GET", PAGE))
    del world.env["IM_ACCESS_BUCKET"]
    return [*answers, visited(world, "GET", link)]


def test_every_answer_is_kept_by_nobody(claims: World) -> None:
    """Whatever the status: not stored, not sniffed, not indexed, no referrer, nothing loaded, framed or based."""
    answers = every_page(claims)
    assert [answer.status for answer in answers] == [200, 200, 303, 410, 410, 405, 404, 500]
    for answer in answers:
        assert answer.headers.items() >= EVERYWHERE.items()
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "base-uri 'none'; frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_the_form_may_go_to_the_bucket(claims: World) -> None:
    """Chrome holds the redirect after a form against form-action; pages without a form have none."""
    link = created(claims)
    policy = visited(claims, "GET", link).headers["Content-Security-Policy"]
    assert f"form-action 'self' {claims.cloud.cos_url};" in policy
    assert "form-action 'none';" in visited(claims, "GET", PAGE).headers["Content-Security-Policy"]
    del claims.env["IM_ACCESS_COS_ENDPOINT"]
    env = claims.roles["claim_credentials"] | claims.env
    page = Container("claim_credentials", {}, env, claims.process().instance, claims.clock)
    assert _origin(page.store(page.deadline()).base) == (
        f"https://{claims.cloud.bucket}.cos.{claims.cloud.region}.myqcloud.com"
    )


def test_the_style_is_the_one_that_is_allowed(claims: World) -> None:
    """The hash in the policy is that of the style in the page, letter for letter."""
    answer = visited(claims, "GET", created(claims))
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.S)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


def test_documents_are_whole_and_alone(claims: World) -> None:
    """Balanced, with language and landmarks; no script, no style attribute, no address of anything."""
    for answer in every_page(claims):
        document = Document(answer.text)
        assert document.open == []
        names = [tag for tag, _ in document.tags]
        if not answer.text:
            continue
        assert answer.text.startswith("<!doctype html>")
        assert names.count("h1") == names.count("main") == names.count("title") == 1
        assert not {"script", "img", "link", "iframe", "object", "input"} & set(names)
        attributes = {name for _, held in document.tags for name in held}
        assert not {"style", "src", "href", "action", "onclick", "onload"} & attributes
        assert dict(document.tags)["html"]["lang"] == answer.headers["Content-Language"]


def test_names_and_addresses_are_text() -> None:
    """Whatever stands in a record is shown, not run."""
    evil = "<script>\"&'</script>"
    link = PickUpLink("d", "credentials/x.csv", evil, 1, "req", 0, 60)
    opening = Opening("person", "2026-01-02T03:04:05Z", evil, "n")
    site = Site("en", evil, evil)
    opened = pages.opened(link, FileState(opening), site._replace(language="zh"))
    for text in (pages.ready(link, site), opened, pages.download(evil, link, site)):
        assert "<script" not in text
        assert "&lt;script&gt;&quot;&amp;&#x27;" in text
        assert Document(text).open == []


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh-CN;q=0.8", "en"),
        ("fr-FR,fr;q=0.9,zh;q=0.1", "zh"),
        ("en;q=0.4, zh-Hant-TW;q=0.5", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("zh;q=0", "en"),
        ("*", "en"),
        ("ZH", "zh"),
        ("zh;q=2, en;q=0.5", "en"),
        ("zhx", "en"),
        (f"{'x,' * 50}zh", "en"),
    ],
)
def test_the_language_that_is_preferred(header: str, language: str) -> None:
    """By weight, then by order; English where neither is named."""
    assert preferred(header) == language


@given(st.text(alphabet="zhen-;q=0.1,* \t'é中", max_size=300))
@example("zh;q=" * 10_000)
def test_any_header_has_a_language(header: str) -> None:
    """Any text in Accept-Language gives one of the two languages."""
    assert preferred(header) in ("en", "zh")


def test_the_page_speaks_both_languages(claims: World) -> None:
    """The page has the same facts in both languages; times are Beijing's in Chinese."""
    link = created(claims)
    english = visited(claims, "GET", link)
    chinese = visited(claims, "GET", link, accept_language="zh-CN")
    assert "Download the file" in english.text
    assert "下载文件" in chinese.text
    assert (english.headers["Content-Language"], chinese.headers["Content-Language"]) == ("en", "zh-CN")
    assert (moment(1767323045, "en"), moment(1767323045, "zh")) == (
        "2 January 2026, 03:04 UTC",
        "2026年1月2日 11:04（北京时间）",
    )
    assert all(text.keys() == {"en", "zh"} and all(text.values()) for text in TEXTS.values())


@pytest.mark.parametrize(
    ("header", "context", "shown"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9:443", None, "203.0.113.9"),
        ("2001:db8::1", None, "2001:db8::1"),
        ("[2001:DB8::1]:443", None, "2001:db8::1"),
        ("", {"sourceIp": "10.0.2.14"}, "10.0.2.14"),
        ("203.0.113.9", {"sourceIp": "10.0.2.14"}, "203.0.113.9"),
        ("203.0.113.9", {"sourceIp": "10.0.2.14", "stage": "release"}, "10.0.2.14"),
        ("<script>", {"sourceIp": 7}, ""),
        ("fe80::1%<b>", None, ""),
        ("203.0.113.9\r\nX: y", None, ""),
        ("999.1.1.1:1", None, ""),
        ("1" * 100_000, None, ""),
    ],
)
def test_whose_address_is_believed(claims: World, header: str, context: object, shown: str) -> None:
    """The platform's; behind an API Gateway its own word alone, since callers can send the header there."""
    event = claims.visit("POST", created(claims), x_scf_remote_addr=header) | {"requestContext": context}
    claims.invoke("claim_credentials", event)
    assert notices(claims, CLAIMED)[0]["address"] == shown


def test_behind_an_api_gateway(claims: World) -> None:
    """A redirect would lose its address there: the answer is a page that begins the download."""
    event = claims.visit("POST", created(claims)) | {
        "requestContext": {"serviceId": "service-x", "sourceIp": "10.0.0.1"}
    }
    answer = claims.invoke("claim_credentials", event)
    assert answer.status == 200
    assert "Location" not in answer.headers
    tags = Document(answer.text).tags
    (link,) = [held["href"] or "" for tag, held in tags if tag == "a"]
    claims.end_state("alice").assert_link(link)
    (refresh,) = [held["content"] for _, held in tags if held.get("http-equiv") == "refresh"]
    assert refresh == f"0;url={link}"


@pytest.mark.parametrize(
    ("setting", "link"),
    [
        ("https://a.example", "https://a.example/T"),
        ("https://a.example/", "https://a.example/T"),
        ("https://a.example/im/claim/", "https://a.example/im/claim/T"),
        ("https://a.example/claim?shape=apigw", "https://a.example/claim/T?shape=apigw"),
    ],
)
def test_the_address_of_the_page_is_kept(setting: str, link: str) -> None:
    """The token is the last part of the path, whatever the setting has."""
    assert address(setting, "T") == link


@pytest.mark.parametrize("path", [f"{PAGE}/TOKEN/", "https://x.example/release/claim_credentials/TOKEN", "//TOKEN"])
def test_the_token_is_the_last_part_of_the_path(claims: World, path: str) -> None:
    """The token is the last part of the path, whatever comes before it, with or without a slash at the end."""
    token = created(claims).rpartition("/")[2]
    event = claims.visit("GET", PAGE) | {"path": path.replace("TOKEN", token)}
    assert claims.invoke("claim_credentials", event).status == 200


def test_methods_are_those_of_the_documents() -> None:
    """What the page answers is what `Allow` says."""
    assert credentials_page.METHODS == ("GET", "HEAD", "POST")


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        (None, "Ask your administrator."),
        ("mailto:it@example.com", '<a href="mailto:it@example.com" rel="noreferrer">it@example.com</a>'),
        ("https://help.example.com/?a=1&b", '<a href="https://help.example.com/?a=1&amp;b" rel="noreferrer">'),
        ("WeChat:im-help <b>", "Ask WeChat:im-help &lt;b&gt;."),
    ],
)
def test_every_page_says_whose_it_is_and_whom_to_ask(claims: World, contact: str | None, shown: str) -> None:
    """Escaped, before and after the file is opened, where a link is none, and where the service is down."""
    claims.env["IM_ACCESS_ORGANISATION"] = "A&B <i> 科技"
    if contact is not None:
        claims.env["IM_ACCESS_CONTACT"] = contact
    url = created(claims)
    answers = [visited(claims, "GET", url), visited(claims, "GET", url[:-1]), visited(claims, "DELETE", url)]
    visited(claims, "POST", url)
    answers.append(visited(claims, "GET", url))
    claims.cloud.faults.on("GetObject", do=Fault.THROTTLE, times=99)
    answers.append(visited(claims, "GET", url))
    assert [answer.status for answer in answers] == [200, 404, 405, 410, 503]
    for answer in answers:
        text = answer.text
        assert "<header><span>A&amp;B &lt;i&gt; 科技</span></header>" in text
        assert shown in text
        assert "<i>" not in text
        assert "<b>" not in text
