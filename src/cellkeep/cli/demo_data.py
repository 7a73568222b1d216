"""Records and pictures of the demonstration project: one cell type, its cells and what was measured on them.

Everything is made up from a seed; no product is described and no micrograph was taken.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cellkeep.cli.demo_cell import RATED_CAPACITY_AH, VOLTAGE_MAX_V, VOLTAGE_MIN_V, ageing_test

__all__ = ["ageing_test", "cell_instance", "cell_spec", "properties", "write_images"]

Floats = NDArray[np.float64]

_WIDTH, _HEIGHT, _FOOTER = 640, 480, 40
_VIEW_UM = 127_000
"""Width of the picture in um at a magnification of 1."""


def cell_spec() -> dict[str, Any]:
    """The cell type, as the create call takes it; units in the spellings people use."""
    return {
        "name": "NMC811/Gr-Si 21700 (demo)",
        "form_factor": "21700",
        "manufacturer": "Example Cells",
        "ratings": {
            "capacity": _quantity(RATED_CAPACITY_AH, "A*h"),
            "voltage_min": _quantity(VOLTAGE_MIN_V, "V"),
            "voltage_max": _quantity(VOLTAGE_MAX_V, "V"),
            "nominal_voltage": _quantity(3.65, "V"),
            "energy": _quantity(18.2, "W.h"),
            "energy_density_gravimetric": _quantity(264, "W.h.kg-1"),
            "energy_density_volumetric": _quantity(740, "W*h/L"),
            "max_charge_rate": _quantity(1, "C"),
            "max_discharge_rate": _quantity(3, "C"),
        },
        "properties": {
            "diameter": _quantity(21.1, "mm"),
            "height": _quantity(70.2, "mm"),
            "mass": _quantity(69, "g"),
            "assembly": "single jelly roll, two anode tabs",
        },
        "anode": _anode(),
        "cathode": _cathode(),
        "electrolyte": _electrolyte(),
        "separator": _separator(),
        "notes": "Simulated cell of the demonstration project.",
    }


def _anode() -> dict[str, Any]:
    return {
        "properties": {
            "loading": _quantity(13.2, "mg/cm**2"),
            "thickness": _quantity(82, "um"),
            "porosity": _quantity(28, "%"),
            "areal_capacity": _quantity(5.45, "mA.h.cm-2"),
            "binder": "CMC/SBR",
            "conductive_additive": "carbon black, CNT",
        },
        "material": {
            "name": "Graphite + 6 wt% SiOx (demo)",
            "manufacturer": "Example Anodes",
            "definition": {
                "formula": "C6 / SiOx",
                "type": "composite",
                "specific_capacity": _quantity(430, "mA.h.g-1"),
                "particle_size_d50": _quantity(14, "um"),
            },
        },
    }


def _cathode() -> dict[str, Any]:
    return {
        "properties": {
            "loading": _quantity(25.6, "mg.cm-2"),
            "thickness": _quantity(75, "um"),
            "porosity": _quantity(0.24, "dimensionless"),
            "areal_capacity": _quantity(4.94, "mA*h/cm**2"),
            "binder": "PVDF",
            "conductive_additive": "carbon black",
        },
        "material": {
            "name": "NMC811 (demo)",
            "manufacturer": "Example Cathodes",
            "definition": {
                "formula": "LiNi0.8Mn0.1Co0.1O2",
                "type": "layered oxide, polycrystalline",
                "specific_capacity": _quantity(200, "mA*h/g"),
                "particle_size_d50": _quantity(10.5, "um"),
            },
        },
    }


def _electrolyte() -> dict[str, Any]:
    return {
        "properties": {"volume": _quantity(4.4, "mL"), "filling": "vacuum, two steps"},
        "material": {
            "name": "1.2 M LiPF6 in EC:EMC:DMC + FEC (demo)",
            "manufacturer": "Example Electrolytes",
            "definition": {
                "salt": "LiPF6",
                "concentration": _quantity(1.2, "mol.L-1"),
                "solvents": ["EC", "EMC", "DMC"],
                "additives": ["FEC", "VC"],
                "conductivity": _quantity(9.6, "mS/cm"),
            },
        },
    }


def _separator() -> dict[str, Any]:
    return {
        "properties": {"thickness": _quantity(12, "um"), "porosity": _quantity(40, "percent")},
        "material": {
            "name": "PE, ceramic coated (demo)",
            "manufacturer": "Example Separators",
            "definition": {
                "type": "polyethylene, 2 um Al2O3 on one side",
                "shutdown": _quantity(135, "degC"),
            },
        },
    }


def cell_instance(number: int) -> dict[str, Any]:
    """One cell of the type: the same number always has the same as-built values, close to the type's."""
    cathode_loading, anode_loading, weight, ocv, resistance = np.random.default_rng(number).normal(
        (25.6, 13.2, 69.0, 3.482, 21.5), (0.12, 0.08, 0.10, 0.0015, 0.35)
    )
    return {
        "name": f"DEMO-{number:03d}",
        "date_manufactured": (date(2026, 1, 12) + timedelta(days=number // 10)).isoformat(),
        "measured_properties": {
            "cathode": {"loading": _quantity(round(cathode_loading, 2), "mg/cm**2")},
            "anode": {"loading": _quantity(round(anode_loading, 2), "mg.cm-2")},
            "cell": {
                "weight": _quantity(round(weight, 2), "g"),
                "initial_ocv": _quantity(round(ocv, 4), "V"),
                "internal_resistance": _quantity(round(resistance, 2), "mohm"),
            },
        },
        "notes": "Simulated cell of the demonstration project.",
    }


def properties() -> dict[str, Any]:
    """What an incoming inspection writes down: diameter at mid height, weight, resistance at 1 kHz."""
    return {
        "diameter": _quantity(21.08, "mm"),
        "weight": _quantity(69.04, "g"),
        "internal_resistance": _quantity(21.6, "mOhm"),
        "visual_condition": "Clean, no dents, no electrolyte at the crimp",
    }


def _quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": float(value), "unit": unit}


def write_images(folder: Path, seed: int = 1) -> list[Path]:
    """Draw two pictures in the manner of a scanning electron microscope, 640 by 480 pixels, grey.

    Args:
        folder: where to write; must exist.
        seed: fixes every grain.

    Returns:
        `anode_surface_1000x.png` and `cathode_cross_section_500x.png` in the folder.
    """
    random = np.random.default_rng(seed)
    anode, cathode = folder / "anode_surface_1000x.png", folder / "cathode_cross_section_500x.png"
    _develop(_anode_surface(random), random, 1000, bar_um=20, path=anode)
    _develop(_cathode_section(random), random, 500, bar_um=50, path=cathode)
    return [anode, cathode]


class _Grain(NamedTuple):
    """An irregular ellipse: centre and half axes in pixels, outline, grey, and where the light falls."""

    x: float
    y: float
    length: float
    breadth: float
    turn: float
    grey: float
    light: float
    waves: Floats


def _grain(random: np.random.Generator, x: float, y: float, size: float, slender: float, rough: float) -> _Grain:
    turn, light = random.uniform(0, 2 * np.pi, 2)
    waves = np.stack([random.normal(0, rough, 5) / np.arange(2, 7) ** 0.7, random.uniform(0, 2 * np.pi, 5)])
    return _Grain(x, y, size, size * slender, turn, random.normal(0, 1), light, waves)


def _seen(grain: _Grain, margin: float) -> tuple[tuple[slice, slice], Floats, Floats, Floats]:
    """The part of the picture around a grain; there the distance (1 on the outline) and both own axes."""
    reach = grain.length * (1.35 + margin)
    rows, across = (
        slice(*np.clip((at - reach, at + reach + 1), 0, limit).astype(int).tolist())
        for at, limit in ((grain.y, _HEIGHT), (grain.x, _WIDTH))
    )
    y, x = np.mgrid[rows, across]
    dx, dy = x - grain.x, y - grain.y
    along = (dx * np.cos(grain.turn) + dy * np.sin(grain.turn)) / grain.length
    aside = (dy * np.cos(grain.turn) - dx * np.sin(grain.turn)) / grain.breadth
    angle = np.arctan2(aside, along)
    every = np.linspace(-np.pi, np.pi, 181)
    outline = 1 + grain.waves[0] @ np.cos(np.outer(np.arange(2, 7), every) + grain.waves[1][:, None])
    return (rows, across), np.hypot(along, aside) / np.interp(angle, every, outline), along, aside


def _anode_surface(random: np.random.Generator) -> Floats:
    """Graphite flakes, the nearest painted last; each shades what is under it."""
    picture = 0.08 + 0.03 * _cloud(random, 12)
    sizes = np.clip(np.sort(random.lognormal(np.log(30), 0.5, 620))[::-1], 7, 85)
    nearer = np.argsort(np.arange(620) + random.normal(0, 220, 620))
    for depth, size in zip(np.linspace(0, 1, 620), sizes[nearer], strict=True):
        x, y = random.uniform((-30, -30), (_WIDTH + 30, _HEIGHT + 30))
        grain = _grain(random, x, y, size, random.uniform(0.4, 0.85), 0.085)
        where, distance, along, aside = _seen(grain, 0.3)
        picture[where] *= np.clip(0.25 + 0.75 * (distance - 1) / 0.35, 0.25, 1.0)
        cover = np.clip((1.0 - distance) * size / 1.5, 0, 1)
        picture[where] += cover * (_flake(grain, depth, distance, along, aside) - picture[where])
    carbon_black = np.clip(_cloud(random, 1.8) - 1.2 - 2 * picture, 0, 1)
    return 1.2 * picture + 0.15 * carbon_black + 0.012 * _cloud(random, 1.5) + 0.02 * _cloud(random, 90)


def _flake(grain: _Grain, depth: float, distance: Floats, along: Floats, aside: Floats) -> Floats:
    """Brightness of a tilted, slightly domed flake with the steps of its layers."""
    lit = along * np.cos(grain.light) + aside * np.sin(grain.light)
    warp = 0.25 * np.sin(3.1 * along + grain.light) + 0.12 * np.sin(7.3 * along + 5 * grain.waves[1, 0])
    steps = np.tanh(6 * np.sin((aside + warp) * (4 + 3 * abs(grain.grey))))
    edge = (0.10 + 0.20 * np.clip(lit, 0, 1)) * np.exp(-(((distance - 0.98) / 0.045) ** 2))
    dome = 0.10 * np.sqrt(np.clip(1 - distance**2, 0, 1))
    brightness: Floats = 0.16 + 0.20 * depth + 0.05 * grain.grey + 0.13 * lit + dome + edge + 0.028 * steps
    return brightness


def _cathode_section(random: np.random.Generator) -> Floats:
    """A polished section: oxide spheres bright in carbon and binder, both coatings on their foil."""
    y = np.arange(_HEIGHT, dtype=float)[:, None] + 2.5 * _cloud(random, 60)
    top, foil, under, bottom = 18.0, 206.0, 243.0, 431.0
    picture = 0.17 + 0.10 * _cloud(random, 2) + 0.08 * _cloud(random, 6)
    for x, at, radius in _packed(random, ((top, foil), (under, bottom))):
        grain = _grain(random, x, at, radius, random.uniform(0.86, 1.0), 0.025)
        where, distance, _, _ = _seen(grain, 0.1)
        cover = np.clip((1.0 - distance) * radius / 1.2, 0, 1)
        face = 0.66 + 0.03 * grain.grey + 0.05 * np.exp(-(((distance - 0.95) / 0.08) ** 2))
        picture[where] += cover * (face - picture[where])
        if radius > 10 and random.random() < 0.3:
            _crack(picture, grain, random)
    picture += 0.05 * _cloud(random, 1.6)
    picture = np.where((y > foil) & (y < under), 0.40 + 0.015 * _cloud(random, 8), picture)
    return np.where((y < top) | (y > bottom), 0.07 + 0.01 * _cloud(random, 20), picture)


def _packed(random: np.random.Generator, layers: tuple[tuple[float, float], ...]) -> list[tuple[float, ...]]:
    """Discs (x, y, radius in pixels) that do not overlap, the large ones placed first."""
    placed = np.empty((0, 3))
    for radius in np.sort(np.clip(random.lognormal(np.log(7.0), 0.55, 9000), 2.2, 19))[::-1]:
        low, high = layers[random.integers(len(layers))]
        x, y = random.uniform((-10, low + 0.8 * radius), (_WIDTH + 10, high - 0.8 * radius))
        if (np.hypot(placed[:, 0] - x, placed[:, 1] - y) > 0.98 * (placed[:, 2] + radius)).all():
            placed = np.vstack([placed, (x, y, radius)])
    return [tuple(disc) for disc in placed.tolist()]


def _crack(picture: Floats, grain: _Grain, random: np.random.Generator) -> None:
    """Dark lines from the middle of a grain outwards, as cycling leaves them between the crystallites."""
    for angle in random.uniform(0, 2 * np.pi, random.integers(2, 5)):
        out = np.linspace(0, 0.9 * grain.length * random.uniform(0.4, 1.0), 40)
        bend = angle + np.cumsum(random.normal(0, 0.05, 40))
        x, y = grain.x + out * np.cos(bend), grain.y + out * np.sin(bend)
        inside = (x >= 0) & (x < _WIDTH) & (y >= 0) & (y < _HEIGHT)
        picture[y[inside].astype(int), x[inside].astype(int)] = 0.3


def _cloud(random: np.random.Generator, size: float) -> Floats:
    """Smooth noise of unit variance over the picture, with features of about `size` pixels."""
    wave = np.hypot(np.fft.fftfreq(_HEIGHT)[:, None], np.fft.rfftfreq(_WIDTH)[None, :])
    white = np.fft.rfft2(random.normal(0, 1, (_HEIGHT, _WIDTH)))
    smooth = np.fft.irfft2(white * np.exp(-2 * (np.pi * wave * size / 2) ** 2), s=(_HEIGHT, _WIDTH))
    return np.asarray(smooth / smooth.std(), dtype=np.float64)


def _develop(scene: Floats, random: np.random.Generator, magnification: int, *, bar_um: int, path: Path) -> None:
    """Add the noise of the detector and the footer with its scale bar; write a PNG."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415  comes with the server extra only

    noisy = scene + random.normal(0, 0.022, scene.shape) * np.sqrt(0.3 + np.clip(scene, 0, 1))
    noisy += 0.006 * random.normal(0, 1, (_HEIGHT, 1))
    image = Image.fromarray((np.clip(noisy, 0, 1) * 255).astype(np.uint8))
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(15)
    top, middle = _HEIGHT - _FOOTER, _HEIGHT - _FOOTER // 2
    draw.rectangle((0, top, _WIDTH, _HEIGHT), fill=12)
    text = f"15.0 kV   WD 8.4 mm   {magnification}x   simulated"
    draw.text((12, middle), text, fill=225, font=font, anchor="lm")
    bar = round(bar_um * magnification * _WIDTH / _VIEW_UM)
    draw.line((_WIDTH - 20 - bar, middle + 9, _WIDTH - 20, middle + 9), fill=240, width=3)
    for end in (_WIDTH - 20 - bar, _WIDTH - 20):
        draw.line((end, middle + 4, end, middle + 14), fill=240, width=2)
    draw.text(
        (_WIDTH - 20 - bar // 2, middle + 3),
        f"{bar_um} um",
        fill=240,
        font=font,
        anchor="ms",
    )
    image.save(path)
