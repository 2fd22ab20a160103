"""The broad strokes of a school atlas, from which the simulated Earth is drawn."""

from __future__ import annotations

# Each row says where something is, in degrees east and north, and how far it reaches; what counts is that
# somebody who knows the place nods, not the last digit.

WARMTH = {0: 27, 20: 26, 30: 21, 40: 15, 50: 9, 60: 1, 70: -9, 80: -17, 90: -22}
"""Annual mean in degrees Celsius at sea level, by degrees from the equator."""

RAIN = {0: 0.92, 8: 0.85, 14: 0.52, 18: 0.28, 22: 0.02, 29: 0.04, 33: 0.3, 38: 0.5, 50: 0.72, 65: 0.68, 90: 0.55}
"""Rain from 0 (none) to 1 (every day), by degrees from the equator."""

WARMER = {
    "north-west Europe": (2, 58, 16, 12, 6),
    "Lofoten": (15, 67, 14, 6, 5),
    "Pacific coast of Canada": (-128, 53, 12, 9, 4),
    "east Siberia": (125, 62, 35, 8, -5),
    "Labrador": (-68, 57, 20, 9, -4),
    "Mongolia": (110, 48, 14, 8, -4),
    "Greenland": (-40, 72, 18, 12, -4),
    "New Zealand": (170, -45, 10, 8, 2),
    "south Patagonia": (-72, -48, 6, 8, -2),
}
"""Where it is warmer than at its latitude elsewhere: longitude, latitude, half widths, degrees Celsius to add."""

WETTER = {
    "Great Basin": (-116, 38, 9, 7, -0.4),
    "Atacama": (-70, -22, 3, 8, -0.5),
    "Patagonia": (-69, -46, 4, 7, -0.5),
    "Caatinga": (-40, -9, 4, 4, -0.35),
    "Namib": (14, -22, 4, 8, -0.4),
    "Horn of Africa": (45, 6, 6, 8, -0.6),
    "Iran": (58, 33, 12, 8, -0.3),
    "Turan": (62, 44, 12, 5, -0.5),
    "Taklamakan": (83, 39, 8, 4, -0.5),
    "Gobi": (105, 43, 10, 4, -0.5),
    "Australian outback": (134, -27, 13, 8, -0.2),
    "Tibet": (88, 33, 10, 4, -0.2),
    "Kenya": (39, -1, 3, 4, -0.35),
    "Serengeti": (35.5, -2, 3.5, 6, -0.5),
    "Erg Chebbi": (-2, 30, 6, 2.5, -0.2),
    "south China": (113, 28, 12, 7, 0.55),
    "south-east of the United States": (-84, 33, 9, 7, 0.45),
    "Bengal": (88, 25, 6, 4, 0.45),
    "Deccan": (79, 19, 8, 9, 0.42),
    "Indochina": (104, 17, 9, 8, 0.4),
    "Central America": (-86, 16, 12, 6, 0.4),
    "south-east Brazil": (-49, -24, 8, 7, 0.5),
    "east Madagascar": (49, -18, 2, 7, 0.4),
    "Queensland": (147, -20, 3, 9, 0.3),
    "Natal": (30, -28, 4, 6, 0.3),
    "south Mexico": (-102, 19, 6, 5, 0.3),
    "Florida": (-81, 26.5, 3, 3, 0.3),
    "New England": (-73, 41, 10, 6, 0.12),
    "Punjab": (76, 30.5, 3, 3, 0.3),
    "New South Wales": (153, -30, 3, 6, 0.35),
    "Philippines": (121, 15, 5, 8, 0.35),
    "Pampas": (-58, -30, 6, 6, 0.35),
    "Caribbean": (-75, 20, 10, 5, 0.35),
    "Fiji and Tonga": (-180, -17, 12, 6, 0.5),
    "Vanuatu": (167, -17, 5, 6, 0.4),
    "Hawaii": (-157, 20.5, 4, 3, 0.5),
    "Nile delta": (31.2, 30.9, 1.6, 0.8, 0.3),
}
"""Where rain departs from its belt: longitude, latitude, half widths, what to add."""

PLOUGHED = {
    "Netherlands": (5, 52.4, 2.2, 1.2, 0.5),
    "Nile delta": (31.2, 30.9, 1.3, 0.7, 1.0),
    "Punjab": (75.5, 30.5, 3, 2.5, 0.8),
    "Ganges": (80, 26.5, 6, 2, 0.6),
    "Valencia": (-0.4, 39.3, 0.6, 0.8, 0.5),
    "Corn Belt": (-93, 42, 7, 4, 0.5),
    "North China Plain": (116, 36, 5, 4, 0.6),
    "Po": (10, 45.1, 2.5, 0.7, 0.5),
    "Paris basin": (2.5, 48.7, 3, 2, 0.35),
    "Ukraine": (32, 48.5, 9, 3, 0.4),
    "Pampas": (-61, -34, 4, 4, 0.4),
    "Java": (110, -7.3, 4, 0.7, 0.5),
    "Bengal": (89.5, 24, 2.2, 1.5, 0.7),
    "Rondônia": (-63, -10.4, 2.5, 1.2, 0.35),
    "Paraná": (-51, -23, 4, 3, 0.3),
    "Serengeti": (34.83, -2.3, 2, 2, -0.4),
}
"""Where more is farmed than the climate suggests: longitude, latitude, half widths, share to add."""

DELTAS = {
    "Sundarbans": (89.3, 21.95, 0.75, 0.25),
    "Niger": (5.8, 4.6, 1.0, 0.35),
    "Everglades": (-80.95, 25.35, 0.35, 0.25),
    "Lena": (126.6, 72.9, 3.0, 0.7),
    "Amazon": (-50.5, -0.4, 0.8, 0.6),
    "Mekong": (106.6, 9.6, 0.8, 0.5),
    "Mississippi": (-89.6, 29.4, 0.8, 0.4),
    "Danube": (29.4, 45.1, 0.35, 0.3),
}
"""Mud that great rivers brought, cut by creeks: longitude, latitude, half widths."""

RANGES = {
    "west Himalaya": (73, 35.5, 82, 29.9, 1.4, 5.6),
    "east Himalaya": (82, 29.4, 95, 27.7, 1.3, 6.6),
    "Tibet": (79, 34.5, 98, 34, 2.6, 4.8),
    "Tian Shan": (72, 39, 88, 43, 2, 3.8),
    "Altai and Sayan": (86, 51, 98, 52, 2.5, 2.4),
    "north Andes": (-76, 6, -78, -5, 1.6, 3.6),
    "middle Andes": (-78, -5, -68, -16, 2, 4.4),
    "Altiplano": (-68, -16, -69, -33, 1.8, 4.6),
    "south Andes": (-70, -33, -73, -50, 1.2, 2.4),
    "Alaska Range": (-150, 63, -140, 60.5, 2, 3.6),
    "Coast Mountains": (-128, 56, -116, 50, 2.5, 2.6),
    "Rocky Mountains": (-114, 48, -106, 37, 2.5, 2.9),
    "Cascades and Sierra Nevada": (-121.5, 48, -118, 36, 1, 2.6),
    "Mexican volcanoes": (-99, 19.2, -97, 19.2, 0.6, 3.6),
    "Alps": (6, 44.5, 13, 47, 1, 3.2),
    "Pyrenees": (-1, 42.8, 2, 42.5, 0.5, 2.4),
    "Caucasus": (40, 43.3, 47, 41.5, 0.9, 3.5),
    "Zagros": (46, 37, 52, 30, 2, 2.4),
    "Scandes": (8, 61, 16, 68, 2, 1.5),
    "Ural": (59, 52, 60, 66, 1, 1.0),
    "Vatnajökull": (-17.6, 64.4, -16.3, 64.3, 0.7, 3.65),
    "Greenland": (-45, 76, -40, 66, 7, 3.0),
    "Atlas": (-9, 30.7, -3, 33.6, 0.8, 2.6),
    "Ethiopia": (37, 10, 39, 7, 2.5, 2.6),
    "Rwenzori": (30, 0.4, 30, 0, 0.4, 4.8),
    "Mount Kenya": (37.3, -0.15, 37.32, -0.15, 0.22, 4.9),
    "Kilimanjaro": (37.35, -3.07, 37.36, -3.07, 0.22, 5.6),
    "Drakensberg": (28, -29.5, 29.5, -29, 0.8, 2.8),
    "New Guinea": (134, -3.5, 147, -7, 0.8, 3.6),
    "Southern Alps": (168, -45, 173, -42, 0.7, 2.5),
    "Japanese Alps": (137.3, 36.5, 138.5, 35.4, 0.5, 2.6),
    "Kamchatka": (160, 56, 161, 57, 0.8, 2.8),
}
"""Mountains: longitude and latitude of both ends, half width in degrees, kilometres that their crests reach."""

CITIES = {
    "São Tomé": (6.73, 0.34, 2.4),
    "Paris": (2.35, 48.86, 16),
    "London": (-0.12, 51.51, 22),
    "Berlin": (13.40, 52.52, 15),
    "Madrid": (-3.70, 40.42, 13),
    "Rome": (12.49, 41.89, 11),
    "Moscow": (37.62, 55.75, 22),
    "Istanbul": (28.98, 41.03, 18),
    "Cairo": (31.24, 30.05, 18),
    "Lagos": (3.38, 6.55, 18),
    "Nairobi": (36.82, -1.29, 11),
    "Johannesburg": (28.05, -26.20, 22),
    "Cape Town": (18.55, -33.95, 10),
    "Delhi": (77.21, 28.63, 22),
    "Mumbai": (72.87, 19.08, 12),
    "Kolkata": (88.36, 22.57, 13),
    "Dhaka": (90.40, 23.78, 13),
    "Bangkok": (100.52, 13.75, 20),
    "Jakarta": (106.84, -6.21, 22),
    "Beijing": (116.40, 39.91, 24),
    "Shanghai": (121.47, 31.22, 24),
    "Guangzhou": (113.26, 23.13, 22),
    "Seoul": (127.00, 37.55, 18),
    "Tokyo": (139.70, 35.69, 32),
    "Osaka": (135.50, 34.68, 20),
    "Manila": (121.02, 14.57, 16),
    "Singapore": (103.85, 1.32, 11),
    "Sydney": (151.10, -33.86, 17),
    "Melbourne": (145.00, -37.82, 20),
    "New York": (-73.95, 40.73, 20),
    "Chicago": (-87.68, 41.87, 19),
    "Los Angeles": (-118.25, 34.03, 28),
    "San Francisco": (-122.44, 37.76, 5),
    "Houston": (-95.37, 29.76, 22),
    "Mexico City": (-99.13, 19.40, 20),
    "São Paulo": (-46.63, -23.55, 22),
    "Rio de Janeiro": (-43.25, -22.88, 12),
    "Buenos Aires": (-58.42, -34.62, 17),
    "Santiago": (-70.66, -33.46, 13),
    "Lima": (-77.04, -12.05, 13),
    "Bogotá": (-74.10, 4.65, 10),
    "Dubai": (55.30, 25.22, 9),
    "Tehran": (51.40, 35.70, 17),
}
"""Large cities: longitude, latitude, kilometres from the middle to the edge."""
