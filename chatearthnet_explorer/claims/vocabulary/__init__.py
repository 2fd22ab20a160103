"""The vocabulary of captions: the only table of words for classes, places and amounts."""

from __future__ import annotations

from chatearthnet_explorer.claims.vocabulary.phrase_finder import compile_list
from chatearthnet_explorer.landcover.shares import PARTS

# Syntax of phrases: "a[b|c]" is a, ab or ac; "{a|b}c" is ac or bc; a space matches spaces or hyphens.
_AREA = " area| areas| land| lands| zone| zones| region| regions| space| spaces| terrain"
SPOT = (
    "part|parts|place|places|section|sections|quadrant|quadrants|quarter|quarters|corner|corners|area|areas"
    "|region|regions"
)
_SIDE = f"half|side|sides|edge|third|portion|portions|halves|{SPOT}"
IMAGE = "image|scene|picture|square|map|landscape|countryside|view|chip|tile"
_TOP = "{top|upper}"
_BOTTOM = "{bottom|lower}"

LAND: dict[str, tuple[str, ...]] = {
    "water": compile_list(
        """
        [open ]water[s|way|ways|course|courses], water {body|bodies|area|areas|feature|features|surface|cover},
        waterbod{y|ies}, bod{y|ies} of water, river[s], stream[s], lake[s], pond[s], reservoir[s], sea, ocean,
        canal[s], lagoon[s], estuary
        """
    ),
    "developed area": compile_list(
        f"""
        [human ]developed[{_AREA}], {{built up|urban|urbanized|urbanised|residential|artificial}}[{_AREA}],
        [human ]settlement[s], [human |urban ]development[s], urban sprawl, urbanization, urbanisation,
        built environment, construction, infrastructure, building[s], road[s], road network, town[s], city, cities,
        village[s]
        """
    ),
    "tree": compile_list(
        f"""
        tree[s], tree cover[age], tree covered[ area| areas], tree canopy, forest[s|ry], forest cover,
        {{forested|wooded}}[{_AREA}], [rain ]forest area[s], canopy, rainforest[s], woodland[s], wood[s]
        """
    ),
    "shrub": compile_list(
        """
        shrub[s|by|land|lands], shrub {cover|land|lands|area|areas}, bush[es|y|land], scrub[by|land|lands],
        shrubbery
        """
    ),
    "grass": compile_list(
        f"""
        grass[es|land|lands], grass {{cover|covered|land|lands|field|fields}}, grassy[{_AREA}| field| fields],
        meadow[s], pasture[s|land|lands], lawn[s], prairie[s], steppe[s], rangeland[s],
        herbaceous {{cover|vegetation}}, grassed, field[s] of grass
        """
    ),
    "crop": compile_list(
        f"""
        crop[s], cropland[s], crop {{field|fields|land|lands|cultivation|cover|area|areas|production}}, field[s],
        farm[s|land|lands|ing], agriculture, {{agricultural|cultivated|arable}}[{_AREA}| field| fields],
        tilled {{land|ground|fields}}, cultivation, paddies, orchard[s], plantation[s]
        """
    ),
    "bare land": compile_list(
        f"""
        {{bare|barren}}[{_AREA}| soil| soils| ground| earth| rock| rocks| surface| surfaces],
        {{exposed|bare|naked}} {{soil|ground|earth|rock}}, open {{soil|earth}}, desert[s], bar{{eness|renness}},
        {{arid|exposed}} {{ground|land|terrain}}, sand[y], sandy {{area|areas|soil}}, sand dunes
        """
    ),
    "snow": compile_list(
        """
        snow[y], snow covered[ area| areas], snow {and|or} ice, ice and snow, snow {cover|field|fields},
        snowfield[s], field[s] of {snow|ice}, ice, icy, glacier[s]
        """
    ),
    "wetland": compile_list(
        """
        [herbaceous ]wetland[s], wetland {area|areas|vegetation}, marsh[es|y|land|lands], swamp[s|y], bog[s],
        peatland[s], fen[s]
        """
    ),
    "mangroves": compile_list(
        """
        mangrove[s],
        mangrove {thicket|thickets|stand|stands|belt|tree|trees|forest|forests|swamp|swamps|area|areas|cover|vegetation}
        """
    ),
    "moss": compile_list(
        """
        moss[es|y], {moss|mosses} and lichen[s], lichen[s], moss cover, field[s] of moss
        """
    ),
}
"""Names of each class in captions, by its 3.5 name. Longer phrases win: mangrove trees are mangroves."""

_TL, _TR, _BL, _BR, _MIDDLE = PARTS
PLACES: dict[tuple[str, ...], tuple[str, ...]] = {
    (_TL,): compile_list(f"{_TOP} left, left {_TOP}, [the ]north[ ]west[ern]"),
    (_TR,): compile_list(f"{_TOP} right, right {_TOP}, [the ]north[ ]east[ern]"),
    (_BL,): compile_list(f"{_BOTTOM} left, left {_BOTTOM}, [the ]south[ ]west[ern]"),
    (_BR,): compile_list(f"{_BOTTOM} right, right {_BOTTOM}, [the ]south[ ]east[ern]"),
    (_MIDDLE,): compile_list(
        f"""
        middle, cent{{er|re|ral|rally}}, {{heart|core}} of the {{{IMAGE}}}, midsection, mid section
        """
    ),
    (_TL, _TR): compile_list(
        f"""
        the north, north[ern] {{{_SIDE}|corners}}, top, upper {{{_SIDE}}}, {_TOP} left and right,
        {_TOP} right and left
        """
    ),
    (_BL, _BR): compile_list(
        f"""
        the south, south[ern] {{{_SIDE}|corners}}, bottom, lower {{{_SIDE}}}, {_BOTTOM} left and right,
        {_BOTTOM} right and left
        """
    ),
    (_TL, _BL): compile_list(
        f"""
        the west, west[ern] {{{_SIDE}|corners}}, left {{{_SIDE}|hand}},
        {{on|at|to|in|along|toward|towards}} the [far ]left, {_TOP} and {_BOTTOM} left, {_BOTTOM} and {_TOP} left
        """
    ),
    (_TR, _BR): compile_list(
        f"""
        the east, east[ern] {{{_SIDE}|corners}}, right {{{_SIDE}|hand}},
        {{on|at|to|in|along|toward|towards}} the [far ]right, {_TOP} and {_BOTTOM} right,
        {_BOTTOM} and {_TOP} right
        """
    ),
    (_TL, _TR, _BL, _BR): compile_list("[all ]four corners, all corners, left and right sides"),
    PARTS: compile_list(
        f"""
        all [of the |of its |the ][four |five ]{{{SPOT}}}, {{every|each|any}} {{{SPOT}}},
        any of {{the|its|these|those}} [four |five ]{{{SPOT}}}, each of {{the|its}} [four |five ]{{{SPOT}}},
        everywhere, {{throughout|all over}} the [entire |whole ]{{{IMAGE}}},
        across the {{entire|whole}} {{{IMAGE}}}
        """
    ),
}
"""Names of places in the chip, by parts of ``shares.PARTS``; north is up."""

AMOUNTS: dict[str | None, tuple[str, ...]] = {
    "extra small": compile_list(
        """
        {extra|very|extremely|exceptionally} {small|limited}, very {little|few}, tiny, tiniest, minuscule,
        miniscule, minute, negligible, minimal[ly], slight, trace[s], hint[s], sliver[s], speck[s], scant[y],
        {hardly|barely|scarcely} any, marginal, insignificant, touch of, extra small, few {percent|per cent},
        {almost|nearly|mostly|largely} {missing|absent|lacking},
        {less than|under|below} {a|one} tenth, {extremely|very} {scarce|sparse|limited|minor|slight|rare}
        """
    ),
    "small": compile_list(
        """
        small[er], little, minor, limited, few[er], modest, sparse[ly], lesser, slim,
        [more than |about |around |roughly |nearly |almost ]{a|one} tenth, ten {percent|per cent}
        """
    ),
    "medium": compile_list(
        """
        medium[ sized], moderate[ly], moderate[ly] sized, mid sized, intermediate, fair, average,
        [more than |about |around |roughly |nearly |almost |over |some ]{a|one} {third|quarter|fifth}, middling,
        another {third|quarter|fifth},
        {about|roughly|nearly|almost|around|close to|under|below|less than|not quite|short of|a bit less than} half,
        two fifths, {three|four} tenths, {twenty|thirty|forty} {percent|per cent}
        """
    ),
    "large": compile_list(
        """
        large[r], big[ger], significant, substantial[ly], considerable, extensive[ly], sizable, sizeable,
        expansive, abundant, abundance of, majority, most of, much of, bulk of, half of,
        [a little |a bit |just |well |slightly |clearly |somewhat ]{more than|over|above} [one ]half, two thirds,
        three quarters, three fifths, {six|seven} tenths, {fifty|sixty|seventy} {percent|per cent},
        {major|greater|larger|better|biggest|largest} {part|portion|share}
        """
    ),
    "extra large": compile_list(
        """
        {extra|very|extremely|exceptionally} large, vast, huge, immense, massive, enormous, entire,
        overwhelming[ly], {vast|great|overwhelming} majority, [almost |nearly ]{entirely|completely|wholly|fully},
        exclusively, {almost|nearly|virtually|practically} {all|everything}, {nearly|almost|practically} the whole,
        [nearly |almost |practically ]the entire, four fifths, {eight|nine} tenths, {eighty|ninety} {percent|per cent}
        """
    ),
    None: compile_list(
        """
        bit of, common, frequent, plentiful, ample, notable, noticeable, some, several, numerous, many, prominent
        """
    ),
}
"""Words for each size of ``size_words.SIZES``; under None, words of amount without a size."""
