"""The routes of the schema registry, as Confluent's clients and consoles ask them."""

import json
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException

from benefit_hub.web.registry import DEFAULT_LEVEL, Listed, Refused, Registry

AVRO = "AVRO"
LARGEST_BODY = 1024 * 1024


class Answer(JSONResponse):
    """JSON under the name that registries give it."""

    media_type = "application/vnd.schemaregistry.v1+json"


class Asked(BaseModel):
    """A schema that somebody asks about. What newer clients say beside it is of no account here."""

    model_config = ConfigDict(strict=True)

    text: Annotated[str, Field(alias="schema")]
    kind: Annotated[str | None, Field(alias="schemaType")] = None
    references: list[Any] | None = None

    def avro(self) -> str:
        """The text of a schema that stands alone."""
        if self.kind not in (None, AVRO):
            raise Refused(422, 42201, f"Invalid schema type {self.kind[:20]}: this hub speaks Avro only.")
        if self.references:
            raise Refused(422, 42201, "Invalid schema: references are not taken, a schema of this hub stands alone.")
        return self.text


async def _asked(request: Request) -> Asked:
    """The body, whatever its content type says, and no more of it than a schema may need: workers share this process."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise Refused(413, 413, f"A schema and what is said of it has at most {LARGEST_BODY} bytes.")
    try:
        return Asked.model_validate_json(bytes(body))
    except ValidationError as trouble:
        first = trouble.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "body"
        raise Refused(422, 42201, f"Invalid request: {place}: {first['msg']}") from None


About = Annotated[Asked, Depends(_asked)]


def registry_app(registry: Registry) -> FastAPI:
    """The application that answers for this registry. It has no state, and holds nothing that is not public in the hub."""
    app = FastAPI(
        title="benefit-hub schema registry",
        default_response_class=Answer,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    _add_errors(app)
    _add_subjects(app, registry)
    _add_schemas(app, registry)
    _add_questions(app, registry)
    return app


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def refused(_request: Request, trouble: Refused) -> Answer:
        return _error(trouble.status, trouble.code, trouble.message)

    @app.exception_handler(RequestValidationError)
    async def malformed(_request: Request, trouble: RequestValidationError) -> Answer:
        first = trouble.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return _error(422, 422, f"Invalid request: {place}: {first['msg']}")

    @app.exception_handler(HTTPException)
    async def without_route(request: Request, trouble: HTTPException) -> Answer:
        if trouble.status_code == 405:
            told = f"{request.method} is not allowed here: the registry is read-only."
            return _error(405, 405, told)
        return _error(trouble.status_code, trouble.status_code, f"HTTP {trouble.status_code} {trouble.detail}")


def _add_subjects(app: FastAPI, registry: Registry) -> None:
    @app.get("/")
    async def root() -> dict[str, Any]:
        return {}

    @app.get("/subjects")
    async def subjects(
        prefix: Annotated[str, Query(alias="subjectPrefix")] = "",
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: int = -1,
    ) -> list[str]:
        found = [name for name in registry.subjects() if name.startswith(prefix)]
        return found[offset : offset + limit if limit >= 0 else None]

    @app.get("/subjects/{subject}/versions")
    async def versions(subject: str) -> list[int]:
        return [schema.version for schema in registry.subject(subject).versions]

    @app.get("/subjects/{subject}/versions/{version}")
    async def version(subject: str, version: str) -> dict[str, Any]:
        return _told(registry.version(subject, version))

    @app.post("/subjects/{subject}/versions")
    async def register(subject: str, asked: About) -> dict[str, Any]:
        return {"id": registry.register(subject, asked.avro()).schema.id}

    @app.post("/subjects/{subject}")
    async def look_up(subject: str, asked: About) -> dict[str, Any]:
        return _told(registry.look_up(subject, asked.avro()))


def _add_schemas(app: FastAPI, registry: Registry) -> None:
    @app.get("/schemas/types")
    async def types() -> list[str]:
        return [AVRO]

    @app.get("/schemas/ids/{number}")
    async def schema(number: int) -> dict[str, Any]:
        return {"schema": _text(registry.schema(number))}

    @app.get("/schemas/ids/{number}/versions")
    async def places(number: int) -> list[dict[str, Any]]:
        found = registry.schema(number)
        return [{"subject": found.subject, "version": found.schema.version}]


def _add_questions(app: FastAPI, registry: Registry) -> None:
    @app.get("/config")
    async def config() -> dict[str, str]:
        return {"compatibilityLevel": DEFAULT_LEVEL}

    @app.get("/config/{subject}")
    async def config_of(subject: str) -> dict[str, str]:
        return {"compatibilityLevel": registry.subject(subject).level}

    @app.get("/mode")
    async def mode() -> dict[str, str]:
        return {"mode": "READONLY"}

    @app.post("/compatibility/subjects/{subject}/versions")
    async def compatible(subject: str, asked: About, *, verbose: bool = False) -> dict[str, Any]:
        faults = registry.misreadings(subject, asked.avro(), registry.subject(subject).versions)
        return _verdict(list(faults), verbose=verbose)

    @app.post("/compatibility/subjects/{subject}/versions/{version}")
    async def compatible_with(subject: str, version: str, asked: About, *, verbose: bool = False) -> dict[str, Any]:
        faults = registry.misreadings(subject, asked.avro(), [registry.version(subject, version).schema])
        return _verdict(list(faults), verbose=verbose)


def _error(status: int, code: int, message: str) -> Answer:
    return Answer({"error_code": code, "message": message}, status)


def _told(listed: Listed) -> dict[str, Any]:
    schema = listed.schema
    return {"subject": listed.subject, "version": schema.version, "id": schema.id, "schema": _text(listed)}


def _text(listed: Listed) -> str:
    return json.dumps(listed.schema.definition, ensure_ascii=False, separators=(",", ":"))


def _verdict(faults: list[str], *, verbose: bool) -> dict[str, Any]:
    return {"is_compatible": not faults} | ({"messages": faults} if verbose else {})
