"""Posters of heroes and adventures, by TMDB id."""

from recommender.demo.posters.colours import down, out
from recommender.demo.posters.scene import Scene, part, scene, words

SCENES: dict[int, Scene] = {
    # Raiders of the Lost Ark: just take it
    85: scene(
        part("ground", paint=out("#f2c45a", "#7a4a1c", "#1c0f08", at=(0.5, 0.55))),
        part("disc", 50, 36, 64, paint=out("#8f7a5f", "#5b4a38", "#2a2018", at=(0.35, 0.3))),
        *(
            part("path", 50, 36, 64, points=p, colour="#3a2d20", width=1.4)
            for p in ("-30 -24, -10 -10, -16 8", "12 -30, 20 -8, 10 6", "-6 20, 8 30, 22 22")
        ),
        *(part("block", x, 100, 100, paint=down("#6b4a2a", "#2a1a10"), high=120, stretch=0.16) for x in (6, 94)),
        part("beam", 50, 40, 100, colour="#ffe9a0", narrow=10, wide=44, reach=80, alpha=0.4, soft=4),
        part("shape", points="34 118!, 66 118!, 72 155!, 28 155!", paint=down("#8f6a42", "#3a2616")),
        part("block", 50, 118, 40, paint="#a98255", high=8),
        part("idol", 50, 117, 38),
        part("figure", 20, 146, 64, colour="#140a06", hat="fedora", pose="point", coat=12, light="#ffcf6a"),
        part("web", 96, 6, 24, colour="#d9c49a", alpha=0.5),
        part("spider", 90, 30, 8, colour="#140a06"),
        words(
            "RAIDERS OF THE\nLOST ARK",
            50,
            17,
            7,
            width=88,
            block=False,
            style="sans",
            paint=down("#fff0a0", "#f28a1f", "#c8301a"),
            edge=("#2a0f06", 0.6),
            bend=14,
            gap=0.3,
        ),
        vignette=0.5,
    ),
    # The Fellowship of the Ring
    120: scene(
        part("ground", paint=down("#1c2a2f", "#4a5f5a", "#c9a35a", "#5b2f1a")),
        part("mountains", colour="#3a4a4f", base=110, high=62, peaks=3, snow="#dfe6e8"),
        part("mist", colour="#e8c88a", top=60, bottom=120, alpha=0.5),
        part("ranges", far="#3f3a2c", near="#120f0c", top=112, bottom=122, number=2, rough=3),
        *(
            part("figure", x, y, s, colour="#0c0a08", pose="walk", hat=h, cape=c, hold=o, hold_size=s, coat=k)
            for x, y, s, h, c, o, k in (
                (16, 118, 22, "witch", "", "stick", 44),
                (25, 119, 20, "", "#0c0a08", "sword", 0),
                (33, 119, 20, "", "", "", 30),
                (41, 119, 19, "", "#0c0a08", "", 0),
                (49, 119.6, 15, "helmet", "", "", 14),
                (57, 120, 11, "", "#0c0a08", "", 0),
                (63, 120, 11, "", "#0c0a08", "", 0),
                (69, 120, 11, "", "", "", 0),
                (75, 120, 11, "", "#0c0a08", "stick", 0),
            )
        ),
        part("gold_ring", 50, 54, 50),
        words(
            "THE LORD OF THE RINGS",
            50,
            132,
            4.6,
            width=88,
            style="serif",
            paint=down("#fff0b0", "#d99a2f"),
            spacing=0.1,
        ),
        words("THE FELLOWSHIP OF THE RING", 50, 141, 3, width=86, style="serif", paint="#f2dca8", spacing=0.24),
        vignette=0.5,
    ),
    # The Dark Knight: the city burns in the shape of a bat
    155: scene(
        part("ground", paint=down("#0a1420", "#16283a", "#2f4a5f")),
        part("block", 50, 60, 100, paint=down("#0a0f16", "#141d28"), high=170, stretch=0.66),
        *(
            part("block", x, y, 5.4, paint="#24384a", high=60)
            for x in (24, 34, 44, 54, 64, 74)
            for y in range(8, 112, 9)
        ),
        part("glow", 50, 52, 76, colour="#ff7a1f"),
        part("bat", 50, 52, 64, colour="#ff8a1f"),
        part("bat", 50, 52, 56, colour="#ffd05a"),
        part("fire", 50, 60, 50, high=40, wide=90, number=18),
        part("sparks", number=90, top=10, bottom=130),
        part(
            "figure", 50, 130, 62, colour="#030508", pose="draw", hat="bat", cape="#030508", build=1.35, light="#4f7a9a"
        ),
        part("mist", colour="#0a1018", top=110, bottom=152, alpha=0.9),
        words("THE DARK KNIGHT", 50, 138, 7, width=88, paint=down("#f4f8fb", "#6f8a9f"), narrow=True, spacing=0.2),
        vignette=0.6,
    ),
    # Harry Potter: boats on the lake
    671: scene(
        part("ground", paint=down("#060c24", "#16265b", "#3a4f8f")),
        part("stars", number=170, bottom=80),
        part("moon", 20, 46, 18, paint="#f7f0d0"),
        part("mountains", colour="#16224a", base=100, high=44, peaks=4),
        part("shape", points="30 104!, 40 90, 60 84, 84 86, 100 104!", paint="#0c1430"),
        part("castle", 64, 90, 44, paint="#33417f", roof="#1a2350", window="#ffd870"),
        part("mirror", level=104, shade="#060c24", alpha=0.35),
        *(
            part("rowing_boat", x, y, s, colour="#05070f", people=2, light="#ffcf6a")
            for x, y, s in ((24, 112, 12), (44, 116, 15), (70, 114, 13), (30, 128, 22), (68, 132, 27))
        ),
        part("owl", 82, 48, 17, angle=-12),
        part("bolt", 50, 50, 12, paint="#ffe27a", light="#ffcf4a"),
        words(
            "Harry Potter",
            50,
            16,
            9,
            width=84,
            style="serif",
            paint=down("#fff3b8", "#d99a2f"),
            edge=("#060c24", 0.5),
            jump=0.15,
        ),
        words("and the Philosopher's Stone", 50, 27, 3.6, width=78, style="serif", paint="#f7e6b0"),
        vignette=0.45,
    ),
    # Black Panther: a mask in violet
    284054: scene(
        part("ground", paint=down("#0c0718", "#2b1454", "#0a0610")),
        part("maze", 50, 72, 100, colour="#3a1f6b", step=7, cells=21, width=0.22),
        part("glow", 50, 66, 110, colour="#6f3fe0", strength=0.7),
        part("panther", 50, 66, 88),
        part(
            "shape",
            points="50 112, 74 114, 100 128, 108 155!, -8 155!, 0 128, 26 114",
            paint=down("#15101f", "#050308"),
        ),
        part("path", points="22 124, 50 138, 78 124", colour="#9a7aff", width=1),
        part("path", points="12 132, 50 148, 88 132", colour="#9a7aff", width=0.7),
        words("BLACK PANTHER", 50, 140, 7.6, width=86, paint="#f2ecff", spacing=0.2, glow=("#7a4fff", 1)),
        vignette=0.5,
    ),
    # Wonder Woman: sword and dawn
    297762: scene(
        part("ground", paint=out("#ffdf8a", "#e8702a", "#3a1430", at=(0.5, 0.52))),
        part("rays", 50, 78, 100, colour="#fff0b0", number=20, alpha=0.22),
        part("emblem", 50, 40, 84, kind="wings", paint="#f2c44a"),
        part(
            "figure",
            50,
            130,
            84,
            pose="strike",
            colour="#8f1c2c",
            skin="#d9a078",
            legs="#5b3320",
            hair="long",
            hair_colour="#17100f",
            wind=0.7,
            skirt=18,
            skirt_colour="#1f2f6f",
            hold="sword",
            hold_size=62,
            hold_angle=14,
            build=1.05,
        ),
        part("shield", 40, 82, 24, colours=("#b8862f", "#8f1c2c", "#b8862f", "#1f2f6f")),
        part("shape", points="-5 128!, 30 122, 60 126, 105 120!, 105 155!, -5 155!", paint="#1f0c1c"),
        part("sparks", number=70, top=60, bottom=140),
        words("WONDER WOMAN", 50, 140, 7.4, width=88, paint=down("#fff0b8", "#e8a52f"), spacing=0.16),
        vignette=0.4,
    ),
}
