"""Who opens a page without being a person."""

from __future__ import annotations

import pytest

from sleek.risk import rules

PEOPLE = [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 "
    "Safari/604.1 MicroMessenger/8.0.50 NetType/WIFI Language/zh_CN",
    "Mozilla/5.0 (Linux; U; Android 14; zh-CN) AliApp(AP/10.5.96) AlipayClient/10.5",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) [LinkedInApp]/9.29",
    "Mozilla/5.0 (Linux; Android 14; wv) Chrome/125.0 Mobile Safari/537.36 Pinterest/12.20",
    "Mozilla/5.0 (Linux; Android 13) YaBrowser/24.1 YaSearchApp/24.33 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 12) Mobile Safari/537.36 T7/13.50 baiduboxapp/13.50.0.10",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.4 Safari/605.1.15 Ddg/17.4",
    "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0",
]
BOTS = [
    "",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "WhatsApp/2.23.20.0",
    "TelegramBot (like TwitterBot)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mozilla/5.0 (Windows NT 10.0) SkypeUriPreview Preview/0.5",
    "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 AppleWebKit/537.36 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "curl/8.5.0",
    "python-requests/2.32.3",
    "Go-http-client/2.0",
    "okhttp/4.12.0",
]


@pytest.mark.parametrize("user_agent", PEOPLE)
def test_a_persons_browser_is_none(user_agent: str) -> None:
    assert not rules.is_bot(user_agent)


@pytest.mark.parametrize("user_agent", BOTS)
def test_a_robot_that_says_so_is_one(user_agent: str) -> None:
    assert rules.is_bot(user_agent)


def test_a_browser_that_looks_ahead_says_so() -> None:
    assert rules.is_prefetch({"Sec-Purpose": "prefetch;prerender"})
    assert rules.is_prefetch({"X-Moz": "prefetch"})
    assert rules.is_prefetch({"Purpose": "prefetch"})
    assert not rules.is_prefetch({"User-Agent": PEOPLE[0]})
