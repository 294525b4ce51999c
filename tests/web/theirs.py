"""An external registry, played: it knows what a test lets it know."""

import json

import httpx2

from benefit_hub.web.external_registry import ExternalRegistry
from tests.web.registries import PAY


class Theirs:
    """A registry: versions by subject, each with its id. Without `imports` it gives ids of its own."""

    def __init__(self, *versions, imports=True, subject=PAY):
        self.subjects = {subject: list(versions)} if versions else {}
        self.imports = imports
        self.asked = []
        self.mode = "READWRITE"
        self.levels = {}

    def __call__(self, request):
        path = request.url.path.removeprefix("/contexts/.hub").strip("/").split("/")
        self.asked.append(request)
        match (request.method, *path):
            case ("GET", "subjects", subject, "versions"):
                if subject not in self.subjects:
                    return httpx2.Response(404, json={"error_code": 40401, "message": "not found"})
                return httpx2.Response(200, json=list(range(1, len(self.subjects[subject]) + 1)))
            case ("GET", "subjects", subject, "versions", number):
                schema_id, definition = self.subjects[subject][int(number) - 1]
                told = {"subject": subject, "version": int(number), "id": schema_id, "schema": json.dumps(definition)}
                return httpx2.Response(200, json=told)
            case ("PUT", "mode", _):
                self.mode = json.loads(request.content)["mode"]
                return httpx2.Response(200, json={"mode": self.mode})
            case ("PUT", "config", subject):
                self.levels[subject] = json.loads(request.content)["compatibility"]
                return httpx2.Response(200, json={})
            case ("POST", "subjects", subject, "versions"):
                said = json.loads(request.content)
                schema_id = said["id"] if self.imports and self.mode == "IMPORT" else 70
                self.subjects.setdefault(subject, []).append((schema_id, json.loads(said["schema"])))
                return httpx2.Response(200, json={"id": schema_id})
        return httpx2.Response(405, json={"error_code": 405, "message": f"{request.method} {request.url.path}?"})

    def hand(self, prefix=""):
        """Our hand on it."""
        client = httpx2.Client(base_url="http://registry.example/contexts/.hub", transport=httpx2.MockTransport(self))
        return ExternalRegistry(client, prefix)
