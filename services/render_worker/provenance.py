"""Where a picture comes from: said inside its file, and beside it so that it can be shot again."""

import json
from importlib.metadata import version
from xml.sax.saxutils import quoteattr

from services.render_worker.shot import ShotFacts, ShotPlan

_TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SOURCE_TYPES = {"model": _TERMS + "digitalCreation", "cutout": _TERMS + "composite"}
"""IPTC digital source types: a model is rendered, a cut-out is combined with a rendered set."""

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 Iptc4xmpExt:DigitalSourceType={source}
 xmp:CreatorTool={tool}
 dc:identifier={shot}/>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def xmp(shot: ShotPlan) -> bytes:
    """The metadata packet of a picture."""
    return _packet(SOURCE_TYPES[shot.product.kind], f"backlot:shot:{shot.digest}")


def drawn_xmp(name: str) -> bytes:
    """The metadata packet of a picture of an empty set."""
    return _packet(SOURCE_TYPES["model"], f"backlot:set:{name}")


def _packet(source: str, about: str) -> bytes:
    return _PACKET.format(
        source=quoteattr(source),
        tool=quoteattr(f"Backlot {version('backlot')}"),
        shot=quoteattr(about),
    ).encode()


def recipe(shot: ShotPlan, facts: ShotFacts, versions: dict[str, str]) -> bytes:
    """Everything a picture was shot from, and what was measured, as JSON."""
    document = {
        "digest": shot.digest,
        "backlot": version("backlot"),
        "versions": versions,
        "digital_source_type": SOURCE_TYPES[shot.product.kind],
        "facts": facts.model_dump(mode="json"),
        "shot": shot.model_dump(mode="json"),
    }
    return json.dumps(document, indent=1, sort_keys=True).encode()
