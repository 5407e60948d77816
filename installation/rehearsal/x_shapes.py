"""The shape of every request that the stand-in X knows: after X's published description of its API, version 2.167.

That description says "post" where X's own guides, its clients and its answers up to now say "tweet". The stand-in
speaks one of the two; the path, the bodies and all that is not named here are the same in both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from installation.rehearsal.x_schema import Schema

ID: Schema = {"type": "string", "pattern": r"[0-9]{1,19}"}
TIME: Schema = {"type": "string", "pattern": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z"}
SWITCH: Schema = {"type": "boolean"}
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}


def _listed(*names: str) -> Schema:
    return {"type": "array", "minItems": 1, "items": {"type": "string", "enum": names}}


def _object(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return {"type": "object", "required": required, "properties": properties}


USER_FIELDS = _listed(
    *("confirmed_email", "connection_status", "created_at", "description", "entities", "id", "location", "name"),
    *("pinned_tweet_id", "profile_image_url", "protected", "public_metrics", "url", "username", "verified"),
    *("verified_type", "withheld"),
)
IN_BOTH = (
    *("article", "attachments", "card_uri", "community_id", "context_annotations", "conversation_id", "created_at"),
    *("display_text_range", "edit_controls", "entities", "geo", "id", "lang", "media_metadata", "non_public_metrics"),
    *("organic_metrics", "possibly_sensitive", "promoted_metrics", "public_metrics", "reply_settings", "scopes"),
    *("source", "suggested_source_links", "text", "withheld"),
)
EXPANSIONS_IN_BOTH = (
    *("article.cover_media", "article.media_entities", "attachments.media_keys", "attachments.media_source_tweet"),
    *("attachments.poll_ids", "author_id", "entities.mentions.username", "geo.place_id", "in_reply_to_user_id"),
)
# For each of the two vocabularies: what may be asked about a post.
ABOUT_POSTS: dict[str, Mapping[str, Schema]] = {
    "tweet": {
        "tweet.fields": _listed(
            *IN_BOTH,
            *("author_id", "edit_history_tweet_ids", "in_reply_to_user_id", "note_tweet", "referenced_tweets"),
        ),
        "expansions": _listed(
            *EXPANSIONS_IN_BOTH,
            *("edit_history_tweet_ids", "referenced_tweets.id", "referenced_tweets.id.author_id"),
        ),
        "user.fields": USER_FIELDS,
    },
    "post": {
        "post.fields": _listed(*IN_BOTH, "matched_media_notes", "note_post", "note_request_suggestions"),
        "expansions": _listed(*EXPANSIONS_IN_BOTH, "edit_history_post_ids", "referenced_posts", "username"),
        "user.fields": USER_FIELDS,
    },
}
OF_A_LIST: Mapping[str, Schema] = {
    "max_results": {"type": "integer", "minimum": 5, "maximum": 100},
    "pagination_token": {"type": "string", "minLength": 1},
    "start_time": TIME,
    "end_time": TIME,
    "since_id": ID,
    "until_id": ID,
}

POST = _object(
    (),
    text=TEXT,
    made_with_ai=SWITCH,
    paid_partnership=SWITCH,
    nullcast=SWITCH,
    for_super_followers_only=SWITCH,
    share_with_followers=SWITCH,
    quote_tweet_id=ID,
    community_id=ID,
    card_uri=TEXT,
    direct_message_deep_link=TEXT,
    reply_settings={"type": "string", "enum": ("following", "mentionedUsers", "subscribers", "verified")},
    edit_options=_object(("previous_post_id",), previous_post_id=ID),
    geo=_object(("place_id",), place_id=TEXT),
    reply=_object(
        ("in_reply_to_tweet_id",),
        in_reply_to_tweet_id=ID,
        auto_populate_reply_metadata=SWITCH,
        exclude_reply_user_ids={"type": "array", "items": TEXT},
    ),
    media=_object(
        ("media_ids",),
        media_ids={"type": "array", "minItems": 1, "maxItems": 4, "items": ID},
        tagged_user_ids={"type": "array", "maxItems": 10, "items": ID},
        preview_media_id=ID,
        embeddable=SWITCH,
        title=TEXT,
    ),
)
MEDIA_TYPES = (
    *("video/mp4", "video/webm", "video/mp2t", "video/quicktime", "text/srt", "text/vtt", "image/jpeg", "image/gif"),
    *("image/bmp", "image/png", "image/webp", "image/pjpeg", "image/tiff", "model/gltf-binary", "model/vnd.usdz+zip"),
)
CATEGORIES = (
    *("amplify_video", "tweet_gif", "tweet_image", "tweet_video", "dm_gif", "dm_image", "dm_video", "subtitles"),
)
INITIALIZE = _object(
    (),
    media_type={"type": "string", "enum": MEDIA_TYPES},
    media_category={"type": "string", "enum": CATEGORIES},
    total_bytes={"type": "integer", "minimum": 0, "maximum": 17179869184},
    additional_owners={"type": "array", "items": ID},
    shared=SWITCH,
)
METADATA = _object(
    ("id",),
    id=ID,
    metadata=_object(
        (),
        alt_text=_object(("text",), text={"type": "string", "maxLength": 1000}),
        allow_download_status=_object((), allow_download=SWITCH),
        sensitive_media_warning=_object((), adult_content=SWITCH, graphic_violence=SWITCH, other=SWITCH),
        shared_info=_object(("shared",), shared=SWITCH),
    ),
)


@dataclass(frozen=True)
class Shape:
    """A request: method, path, the limit that counts it and how many it allows in 15 minutes, and what it may carry."""

    name: str
    method: str
    path: str
    limit: str
    calls: int
    parameters: Mapping[str, Schema] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    body: Schema | None = None
    form: Schema | None = None
    about_posts: bool = False


SHAPES = (
    Shape("me", "GET", r"/2/users/me", "me", 75, {"user.fields": USER_FIELDS}),
    Shape("mentions", "GET", r"/2/users/(\d{1,19})/mentions", "mentions", 300, OF_A_LIST, about_posts=True),
    Shape(
        "own posts",
        "GET",
        r"/2/users/(\d{1,19})/tweets",
        "own posts",
        900,
        {**OF_A_LIST, "exclude": _listed("replies", "retweets")},
        about_posts=True,
    ),
    Shape("post", "GET", r"/2/tweets/(\d{1,19})", "post lookup", 900, about_posts=True),
    Shape("answer", "POST", r"/2/tweets", "posts", 100, body=POST),
    Shape("initialize", "POST", r"/2/media/upload/initialize", "initialize", 1875, body=INITIALIZE),
    Shape(
        "append",
        "POST",
        r"/2/media/upload/(\d{1,19})/append",
        "append",
        1875,
        form=_object(
            ("media", "segment_index"),
            media=TEXT,
            segment_index={"type": "integer", "minimum": 0, "maximum": 999},
        ),
    ),
    Shape("finalize", "POST", r"/2/media/upload/(\d{1,19})/finalize", "finalize", 1875),
    Shape(
        "status",
        "GET",
        r"/2/media/upload",
        "status",
        1000,
        {"media_id": ID, "command": {"type": "string", "enum": ("STATUS",)}},
        ("media_id",),
    ),
    Shape("metadata", "POST", r"/2/media/metadata", "metadata", 500, body=METADATA),
)
