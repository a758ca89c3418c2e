"""What providers say of a fault: their codes, their statuses, and the words in which they leave it open."""

from __future__ import annotations

MOVED = "sends the question on to"
"""Words of wire.py's for a redirection that it does not follow."""
CODES: dict[str, str] = {
    **dict.fromkeys(
        ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "credit_balance_too_low"), "quota"
    ),
    **dict.fromkeys(("insufficient_balance", "payment_required", "quota_exceeded", "insufficient_credits"), "quota"),
    **dict.fromkeys(
        ("arrearage", "budget_exceeded", "credit_limit", "exceeded_current_quota_error", "token_quota_reached"), "quota"
    ),
    **dict.fromkeys(("token_quota_exceeded", "1113"), "quota"),
    **dict.fromkeys(
        (
            "limit_requests",
            "limit_burst_rate",
            "limit_concurrency",
            "rate_limit_reached_error",
            "request_limit_exceeded",
        ),
        "rate",
    ),
    **dict.fromkeys(("ratelimitreached", "requests_limit_exceeded", "queue_exceeded", "1302", "1303", "1305"), "rate"),
    **dict.fromkeys(
        ("invalid_api_key", "authentication_error", "invalid_authentication", "account_deactivated"), "auth"
    ),
    **dict.fromkeys(
        ("permission_denied", "permission_error", "access_terminated", "model_terms_required"), "forbidden"
    ),
    **dict.fromkeys(
        ("unsupported_country_region_territory", "key_model_access_denied", "team_model_access_denied"), "forbidden"
    ),
    **dict.fromkeys(
        ("model_not_found", "not_found_error", "deploymentnotfound", "model_decommissioned", "model_not_supported"),
        "missing",
    ),
    **dict.fromkeys(
        ("context_length_exceeded", "context_window_exceeded", "exceed_context_size_error", "string_above_max_length"),
        "context",
    ),
    **dict.fromkeys(
        (
            "content_filter",
            "content_policy_violation",
            "responsibleaipolicyviolation",
            "data_inspection_failed",
            "1301",
        ),
        "filtered",
    ),
    **dict.fromkeys(("rate_limit_exceeded", "rate_limit_error", "too_many_requests", "throttlingexception"), "rate"),
    **dict.fromkeys(
        ("overloaded_error", "engine_overloaded", "server_error", "api_error", "internal_error"), "passing"
    ),
    "request_too_large": "large",
    "invalid_prompt": "filtered",
}
STATUSES = {
    401: "auth",
    402: "quota",
    403: "forbidden",
    404: "missing",
    407: "network",
    408: "passing",
    409: "passing",
    410: "missing",
    413: "large",
    420: "rate",
    423: "passing",
    424: "passing",
    425: "passing",
    440: "auth",
    451: "forbidden",
    498: "rate",
    499: "passing",
    501: "request",
    505: "request",
    511: "network",
}
"""What a status means by itself; 400, 422 and 429 have several meanings. Of the others 3xx leads elsewhere, 4xx stops,
5xx passes. 420 and 498 (where it names no token) are limits of capacity, 424 and 499 failures behind the door, 440 a login that has ended."""
EXPIRED = r"reported as leaked|(?:token|key|session|login)[^.]{0,40}(?:expired|invalid|revoked)|(?:expired|invalid|revoked)[^.]{0,20}(?:token|key)"
LARGE = r"request too large|payload too large|must be reduced|reduce the (?:length|size)|too large for"
QUOTA = (
    r"insufficient[_ ]quota|exceeded your current quota|check your plan and billing|credit balance is too low"
    r"|(?:insufficient|out of|no|not enough) (?:credit|balance|fund)|spend(?:ing)? (?:limit|cap)|monthly (?:usage |spend )?limit"
    r"|(?:quota|limit)[^.]{0,60}(?:per[- ]day|daily|per[- ]month|\bRPD\b|\bTPD\b|/day)|(?:daily|monthly) (?:\w+ )?(?:limit|quota)|quota (?:is )?exhausted"
    r"|(?:daily|weekly|monthly)\b[^.]{0,40}(?:limit|quota|allocation|allowance|\bcap\b)|used up your|hit your \w+ limit"
    r"|(?:limit|quota|maximum|allowance|allocation|allocated|requests|calls|tokens)[^.]{0,80}?(?:\bper|/|\ban?|\beach|\bevery|\bwithin)[- ]{0,3}(?:day|24[- ]?h|week|month)"
    r"|budget has been exceeded|key limit exceeded|billing to be enabled|enable billing|overdue balance|balance is insufficient|free tier of[^.]{0,40}exhausted|usage limits?|(?:purchase|add|any|all available) (?:more )?credits|good standing|arrear|out of call volume|token quota"
    r"|too many (?:tokens|requests) per (?:day|month)|account [^.]{0,30}suspended|fewer max_tokens|欠费|余额不足|请充值|余额已用"
)
DAILY = r"PerDay"
"""Of Google's quotas: the time that it names is not when such a one is full again."""
SOON = r"per[- ](?:second|minute|hour)\b|/ ?(?:s|min|minute|hour)\b"
"""Of a limit that is full again within the hour, whatever its code says."""
FILTERED = r"content exists risk|flagged as potentially|violates usage guidelines|safety_check|content (?:management|filter|policy)|safety system|inappropriate content|input was flagged|guardrail|敏感内容|不安全"
FORBIDDEN = (
    r"terms acceptance|must be verified|(?:location|country|region)[^.]{0,40} not supported|organization has been disabled"
    r"|not allowed to (?:access|use)|does not have access|data policy|request access|(?:have|has) not been submitted|organization has been restricted"
    r"|not authorized to access|insufficient permissions|missing scopes"
)
UNKNOWN = (
    r"model (?:[^.]|\.(?=\w)){0,80}(?:not (?:be )?(?:found|exist)|does not exist|is not (?:available|loaded|installed)|is not supported by)|decommissioned"
    r"|invalid model|no such model|unknown model|not a valid model|model identifier is invalid|does not work with the specified model|non-serverless model|model (?:was )?unloaded|no models? (?:is )?loaded|unexpected endpoint|try pulling it|does not support chat|not a chat model|on-demand throughput"
)
MEMORY = (
    r"requires more (?:system |gpu |video )?memory|out of memory|cuda ?malloc|failed to allocate|insufficient (?:gpu |system )?memory"
    r"|insufficient system resources"
)
BUSY = r"model has crashed|overloaded|try again later|temporarily (?:unavailable|out of)|over capacity"
LIMITED = r"rate.?limit|too many requests|requests per (?:second|minute|hour)|throttl"
OPEN: tuple[tuple[str, str], ...] = (
    (
        "context",
        r"context (?:length|window|limit|size)|context_length|prompt is too long|input is too long|too many (?:input )?tokens"
        r"|exceeds? the (?:model|maximum)[^.]{0,40}context|input tokens exceed|maximum (?:input|prompt) (?:length|tokens)"
        r"|(?:inputs?|prompt)\b.{0,60}\+ ?.{0,20}max_(?:new_|completion_)?tokens|input_tokens.{0,20}\+|sum of prompt length|longer than the maximum model length"
        r"|range of input length|input token count|input length of \d+ exceeds|prompt length \d+ is greater|greater than max_seq_len|inputs?\W+must have less than|string too long|large for (?:model with )?\d+ maximum",
    ),
    (
        "fewer_tokens",
        r"maximum tokens you requested exceeds|max_?(?:output|new|completion)?_?tokens value of \d+ but the supported range",
    ),
    (
        "completion_tokens",
        r"use ?[^\w]{0,3}max_completion_tokens|max_tokens.{0,40}(?:not supported|unsupported|unrecognized|not permitted)",
    ),
    (
        "short",
        r"\A(?!.*(?:at most|less than|<=|too (?:large|high|big)|exceed|between|range)).*(?:could not finish[^.]{0,60}(?:max_tokens|output limit)"
        r"|max_(?:output_|completion_)?tokens(?:[^.]{0,40}was reached|\W.{0,60}?(?:at least|below minimum|too (?:small|low)|>=|greater than)))",
    ),
    (
        "fewer_tokens",
        r"max_(?:output_|new_|completion_)?tokens\W.{0,80}?(?:too (?:large|high|big)|at most|less than|<=|maximum|must be|exceed|up to|range)"
        r"|range of max_\w*tokens|at most \d+ (?:completion|output) tokens|maximum (?:allowed )?(?:number of )?(?:output|completion) tokens",
    ),
    (
        "no_system",
        r"(?:system|developer)['\"`]?[ _](?:role|message|instruction|prompt)s?.{0,80}(?:not|n't|un|in)[ -]?(?:support|enabled|allowed|valid)"
        r"|(?:not|n['’]t) support.{0,40}['\"`]?(?:system|developer)\b|expected last role .{0,80}but got ['\"`]?(?:system|developer)|role:? ['\"`]?(?:system|developer)['\"`]?.{0,30}not (?:support|allow)|only user and assistant|roles (?:must alternate|should be alternating)|successive user or assistant|system message must|unknown role:? ['\"`]?system",
    ),
    ("moved", MOVED),
    ("large", LARGE),
    ("filtered", FILTERED),
    ("forbidden", FORBIDDEN),
    ("auth", r"api[ _-]?key (?:is )?(?:not valid|invalid|missing|expired)|(?:invalid|incorrect|expired) api[ _-]?key"),
    ("quota", QUOTA),
    ("memory", MEMORY),
    ("missing", UNKNOWN),
    ("rate", LIMITED),
    ("passing", BUSY),
    ("setup", r"No module named|pip install|Install it with"),
)
"""What a plain refusal (400, 422) may be; the first row whose words stand in the message decides."""
UNTRUSTED = r"CERTIFICATE_VERIFY_FAILED|certificate verify failed"
LOGIN = r"\b407 Proxy|proxy authentication required"
SOCKS = r"SOCKS proxy.{0,20}socksio|socksio.{0,40}not installed"
"""Of the HTTP client, as it is made, whomever it would ask."""
LACKING = r"No module named|Install it with pip|package is not installed"
SERVERS: tuple[tuple[str, str], ...] = (
    (
        "context",
        r"context (?:length|window|size)|\bn_ctx\b|exceeds? (?:the )?(?:available |model.{0,10})?context|prompt is too long|too many (?:input )?tokens",
    ),
    ("missing", UNKNOWN),
    ("memory", MEMORY),
    ("large", r"too large to process|physical batch size"),
)
"""What a server's own failure (500 and more) may be that does not pass, as local servers put it; the first row that fits decides."""
NOT_YET = r"\b(?:is |still |currently )?(?:loading|warming up|starting(?: up)?|initiali[sz]ing|downloading|being (?:loaded|pulled|deployed))\b|not (?:yet )?ready"
"""Of a model that is not there yet, whatever the status."""
