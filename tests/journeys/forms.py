"""Forms that no page of ours made: what a browser may be made to send all the same."""

from playwright.async_api import Page

OWN = "own"


async def plant_form(
    page: Page, action: str, fields: dict[str, str], token: str | None = OWN
) -> None:
    """A form as the page's own, with the page's token unless another is given."""
    await page.evaluate(
        """([action, fields, token]) => {
            const form = document.createElement('form');
            Object.assign(form, { id: 'planted', method: 'post', action });
            const own = document.querySelector('[name=form_token]')?.value ?? '';
            const all = token === null ? fields
                : { ...fields, form_token: token === 'own' ? own : token };
            for (const [name, value] of Object.entries(all)) {
                form.append(Object.assign(document.createElement('input'), { name, value }));
            }
            document.body.append(form);
        }""",
        [action, fields, token],
    )
