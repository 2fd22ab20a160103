"""Sentences with what a careful reader says they claim, written before the reader of claims had seen them."""

from __future__ import annotations

Triple = tuple[str, str, str | None]
TL, TR, BL, BR, M = "top left", "top right", "bottom left", "bottom right", "middle"
ALL = (TL, TR, BL, BR, M)


def _triples(*rows: tuple[str, str | tuple[str, ...]] | tuple[str, str | tuple[str, ...], str]) -> frozenset[Triple]:
    """Return (class, part, size) of rows of a class, one part or several ("" is the whole) and perhaps a size."""
    return frozenset(
        (row[0], part, row[2] if len(row) > 2 else None)
        for row in rows
        for part in ((row[1],) if isinstance(row[1], str) else row[1])
    )


# text, what is claimed, the class that dominates the whole
READ: list[tuple[str, frozenset[Triple], str | None]] = [
    (
        "The upper left corner is heavily forested, with a narrow river running through it.",
        _triples(("tree", TL), ("water", TL)),
        None,
    ),
    (
        "Urban areas dominate the lower-right quadrant, whereas the central part is mostly farmland.",
        _triples(("developed area", BR), ("crop", M)),
        None,
    ),
    ("No water is present in this image.", _triples(), None),
    (
        "The top half is covered by dense forest, while the bottom half consists of open grassland.",
        _triples(("tree", (TL, TR)), ("grass", (BL, BR))),
        None,
    ),
    (
        "On the left side, there are a few scattered buildings among the trees.",
        _triples(("developed area", (TL, BL), "small"), ("tree", (TL, BL))),
        None,
    ),
    ("The scene is devoid of trees and water.", _triples(), None),
    (
        "Unlike the top left, the bottom left has a large portion of bare land.",
        _triples(("bare land", BL, "large")),
        None,
    ),
    (
        "Trees cover most of the image, except for the middle, where a small lake lies.",
        _triples(("tree", "", "large"), ("water", M, "small")),
        None,
    ),
    (
        "Grassland is the most widespread land cover, followed by shrubs and a tiny amount of water.",
        _triples(("grass", ""), ("shrub", ""), ("water", "", "extra small")),
        "grass",
    ),
    (
        "Crops are absent in the top right but abundant in the bottom left.",
        _triples(("crop", ""), ("crop", BL, "large")),
        None,
    ),
    ("The bottom right mirrors the top right.", _triples(), None),
    (
        "In the centre, about 45% is tree cover and roughly 12 percent is grass.",
        _triples(("tree", M, "medium"), ("grass", M, "small")),
        None,
    ),
    ("The image is characterised by a mix of cropland and forest.", _triples(("crop", ""), ("tree", "")), None),
    ("The remaining parts are dominated by wetlands.", _triples(("wetland", "")), "wetland"),
    (
        (
            "Water bodies can be found in the top left, the middle and the bottom right sections, "
            "though they are absent from the top right."
        ),
        _triples(("water", (TL, M, BR))),
        None,
    ),
    (
        "Neither snow nor ice is visible; bare soil prevails across the whole scene.",
        _triples(("bare land", ALL)),
        "bare land",
    ),
    (
        "In the north-western part, mangroves line the water, and mossy ground fills the south-east.",
        _triples(("mangroves", TL), ("water", TL), ("moss", BR)),
        None,
    ),
    (
        "The landscape is predominantly urban, with only small pockets of trees and grass.",
        _triples(("developed area", ""), ("tree", "", "small"), ("grass", "", "small")),
        "developed area",
    ),
    ("Trees are the dominant feature in every quadrant.", _triples(("tree", ALL)), "tree"),
    (
        (
            "In both the top left and the bottom left, there is a medium amount of crops, a small portion of trees "
            "and an extra small quantity of water."
        ),
        _triples(("crop", (TL, BL), "medium"), ("tree", (TL, BL), "small"), ("water", (TL, BL), "extra small")),
        None,
    ),
    (
        "Shrubland occupies a large share of the top right. It is accompanied by a small amount of grass.",
        _triples(("shrub", TR, "large"), ("grass", TR, "small")),
        None,
    ),
    (
        "The top left quadrant is largely composed of developed land, interspersed with grassy patches.",
        _triples(("developed area", TL), ("grass", TL)),
        None,
    ),
    ("Moving on, the bottom right features fewer trees than the bottom left.", _triples(("tree", BR, "small")), None),
    ("Without any trees, the middle is a barren expanse.", _triples(("bare land", M)), None),
    (
        "Cropland stretches across the entire image, interrupted by small towns in the top right.",
        _triples(("crop", ALL), ("developed area", TR, "small")),
        None,
    ),
    ("The rest of the top left is covered by grass.", _triples(("grass", TL)), None),
    (
        "The upper right and lower left corners contain significant areas of wetland.",
        _triples(("wetland", (TR, BL), "large")),
        None,
    ),
    (
        "Snow covers nearly the entire top right, leaving only a trace of bare rock.",
        _triples(("snow", TR, "extra large"), ("bare land", TR, "extra small")),
        None,
    ),
    ("There is hardly any vegetation, and no sign of human settlement, in the central area.", _triples(), None),
    (
        "Overall, crop is the dominant class, while trees and grass make up the rest.",
        _triples(("crop", ""), ("tree", ""), ("grass", "")),
        "crop",
    ),
    (
        "The developed area is concentrated in the middle, spreading towards the top right.",
        _triples(("developed area", (M, TR))),
        None,
    ),
    (
        "Grass, trees and crops share the bottom half equally.",
        _triples(("grass", (BL, BR)), ("tree", (BL, BR)), ("crop", (BL, BR))),
        None,
    ),
    (
        "The right side is less developed, containing mostly fields.",
        _triples(("crop", (TR, BR)), ("developed area", (TR, BR))),
        None,
    ),
    (
        "A large lake takes up half of the bottom right, surrounded by forest.",
        _triples(("water", BR, "large"), ("tree", BR)),
        None,
    ),
    (
        "In contrast to the forested top left, the top right is urban.",
        _triples(("tree", TL), ("developed area", TR)),
        None,
    ),
    (
        "The tree cover decreases towards the bottom, where grass takes over.",
        _triples(("tree", (BL, BR)), ("grass", (BL, BR))),
        None,
    ),
    (
        "While trees dominate the top left, the top right is more developed.",
        _triples(("tree", TL), ("developed area", TR)),
        None,
    ),
    (
        "The middle section continues this pattern with extensive crops, though some trees are present.",
        _triples(("crop", M, "large"), ("tree", M)),
        None,
    ),
    ("Bare land is more prominent in the lower part of the image.", _triples(("bare land", (BL, BR))), None),
    (
        "Dense woodland blankets the upper portion, giving way to cropland in the lower portion.",
        _triples(("tree", (TL, TR)), ("crop", (BL, BR))),
        None,
    ),
    (
        "A lake can be seen in the bottom left corner, and there is a small settlement near the center.",
        _triples(("water", BL), ("developed area", M, "small")),
        None,
    ),
    (
        "The middle is characterized by a large area of grass with little tree cover.",
        _triples(("grass", M, "large"), ("tree", M, "small")),
        None,
    ),
    (
        "Developed areas are scattered throughout the image, most notably in the top right.",
        _triples(("developed area", ALL), ("developed area", TR)),
        None,
    ),
    ("The bottom right lacks any trees but has a moderate amount of shrubs.", _triples(("shrub", BR, "medium")), None),
    (
        "Bare land makes up the majority of the image, with wetlands along the left edge.",
        _triples(("bare land", "", "large"), ("wetland", (TL, BL))),
        None,
    ),
    (
        "From the top left to the top right, tree cover gradually gives way to grassland.",
        _triples(("tree", TR), ("grass", TR)),
        None,
    ),
    ("Crop fields dominate every corner of the image.", _triples(("crop", ALL)), "crop"),
    ("The top left is similar to the top right, with a large amount of water.", _triples(("water", TL, "large")), None),
    ("In the top left and bottom right, water is the dominant class.", _triples(("water", (TL, BR))), None),
    ("Trees are more abundant in the bottom left than in the bottom right.", _triples(("tree", BL)), None),
    ("There is an absence of water, and crops are limited to the middle.", _triples(("crop", M)), None),
    (
        "The overall theme is agriculture, with forested patches in the corners.",
        _triples(("crop", ""), ("tree", "")),
        "crop",
    ),
    (
        "Roads connect the built-up zones in the central and lower right parts.",
        _triples(("developed area", (M, BR))),
        None,
    ),
    (
        "Snow and ice are found only in the top right, where they form a small patch.",
        _triples(("snow", TR, "small")),
        None,
    ),
]

# what a language model wrote that has no image before it: see docs/explanation/reading-captions.md
PROSE: list[tuple[str, frozenset[Triple], str | None]] = [
    (
        "In the top right, crops cover a large portion, with trees in a medium share and grass in only a small one.",
        _triples(("crop", TR, "large"), ("tree", TR, "medium"), ("grass", TR, "small")),
        None,
    ),
    (
        "In the bottom left, the grass is large in extent, the trees are moderate, and the shrubs remain small.",
        _triples(("grass", BL, "large"), ("tree", BL, "medium"), ("shrub", BL, "small")),
        None,
    ),
    (
        "In the bottom right, crops, grass and trees share the ground, each with a moderate amount.",
        _triples(("crop", BR, "medium"), ("grass", BR, "medium"), ("tree", BR, "medium")),
        None,
    ),
    (
        "In the middle, an extra large part belongs to crops, a small amount to grass, and very little to trees.",
        _triples(("crop", M, "extra large"), ("grass", M, "small"), ("tree", M, "extra small")),
        None,
    ),
    (
        "The bottom left has nearly half of its ground in grass, a moderate part in bare land, a small one in shrub.",
        _triples(("grass", BL, "medium"), ("bare land", BL, "medium"), ("shrub", BL, "small")),
        None,
    ),
    (
        "The top left has a large area of wetland. In the top right, developed land is larger, but trees lead.",
        _triples(("wetland", TL, "large"), ("developed area", TR), ("tree", TR)),
        None,
    ),
    (
        "Crops are the leading cover; they claim more than half of the top left, and about a third of the bottom left.",
        _triples(("crop", ""), ("crop", TL, "large"), ("crop", BL, "medium")),
        "crop",
    ),
    (
        "Built-up land lies in angular blocks, most plentiful in the bottom left, with a small one in the top right.",
        _triples(("developed area", BL), ("developed area", TR, "small")),
        None,
    ),
    (
        "Trees are common in every part except the bottom left.",
        _triples(("tree", (TL, TR, BR, M))),
        None,
    ),
    ("Buildings are few, with none in the top right.", _triples(("developed area", "", "small")), None),
    (
        "In the upper half, the top left is wooded almost entirely, and the top right holds a medium amount of moss.",
        _triples(("tree", TL, "extra large"), ("moss", TR, "medium")),
        None,
    ),
    (
        "Mangroves are strongest in the bottom left; moss is their main rival and leads in the middle.",
        _triples(("mangroves", BL), ("moss", M)),
        None,
    ),
    (
        "Trees take up nearly half of the whole scene, with a grove in the lower right.",
        _triples(("tree", "", "medium"), ("tree", BR)),
        None,
    ),
    (
        "The dominant theme is exposed ground, relieved by swaths of grass.",
        _triples(("bare land", ""), ("grass", "")),
        "bare land",
    ),
    ("Overall, this is an agricultural landscape with a lake.", _triples(("crop", ""), ("water", "")), "crop"),
    ("Snow spreads in wide, unbroken fields over the top left.", _triples(("snow", TL)), None),
    (
        "Shrub and bare land lie in the bottom right, the latter a tiny speck.",
        _triples(("shrub", BR), ("bare land", BR, "extra small")),
        None,
    ),
]

# read wrongly, and known to be: see docs/explanation/reading-captions.md
MISREAD: list[tuple[str, frozenset[Triple], str | None]] = [
    (
        "A river flows from the top left to the bottom right, cutting through agricultural fields.",
        _triples(("water", (TL, BR)), ("crop", "")),
        None,
    ),
    (
        "Grass covers about a third of the top right, and the remainder is forest.",
        _triples(("grass", TR, "medium"), ("tree", TR)),
        None,
    ),
]
